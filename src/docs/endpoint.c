/*
 * One table as a section of a page: what it calls, takes and gives, refuses and assumes. See
 * inside.h.
 */
#include "docs/inside.h"

/* ---- which contracts ---- */

static bool holds_for(const struct plan *plan, const struct contract *contract)
{
    uint64_t end, from;
    if (contract->before.p && str_to_u64(contract->before, &end))
        return plan->version.from < end;
    if (contract->other && contract->other->before.p && str_to_u64(contract->other->before, &from))
        return !plan->version.before || plan->version.before > from;
    return true;
}

static void find_legacy(struct teller *t, struct str call)
{
    const struct contract *contract = contracts_by_call(t->sources->legacy, call);
    if (contract && contract->other && !holds_for(t->plan, contract))
        contract = contract->other;
    for (size_t i = 0; i < t->legacy_count; i++)
        if (t->legacy[i] == contract)
            return;
    if (contract && t->legacy_count < DOCS_SIDES)
        t->legacy[t->legacy_count++] = contract;
}

/* "/x/{id | text}/y" as "/x/{}/y" */
static const struct contract *find_upstream(const struct contracts *upstream,
                                            const struct call *call, struct arena *arena)
{
    struct contract_match match;
    struct buf path;
    if (!upstream)
        return NULL;
    buf_init_arena(&path, 4096, arena);
    for (size_t i = 0; i < call->path_count; i++)
        buf_printf(&path, STR_FMT "%s", STR_ARG(call->path[i].literal),
                   call->path[i].has_expression ? "{}" : "");
    if (contracts_find(upstream, call->public.method, buf_str(&path), &match) != CONTRACT_FOUND)
        return NULL;
    return match.contract;
}

struct str docs_plan_call(const struct docs_sources *sources, const struct plan *plan,
                          unsigned call, struct arena *arena)
{
    const struct contract *contract = find_upstream(sources->upstream, &plan->calls[call], arena);
    return contract ? contract->call : plan->calls[call].public.send;
}

static void find_contracts(struct teller *t)
{
    for (size_t i = 0; t->sources->legacy && i < t->plan->legacy_count; i++)
        find_legacy(t, t->plan->legacy[i]);
    for (unsigned i = 0; i < t->plan->call_count; i++)
        t->called[i] = find_upstream(t->sources->upstream, &t->plan->calls[i], t->arena);
}

/* ---- the calls ---- */

static void put_forgiveness(const struct teller *t, const struct call *call, struct buf *out)
{
    const struct scene outer = {0}, error = {.outer = &outer};
    for (size_t i = 0; i < call->forgive_count; i++) {
        const struct forgiveness *f = &call->forgive[i];
        buf_add_str(out, f->any ? STR("; any error of it counts as an answer") : STR("; error "));
        for (size_t k = 0; k < f->count; k++) {
            buf_printf(out, "%s%lld", k ? ", " : "", (long long)f->codes[k].from);
            if (f->codes[k].to > f->codes[k].from)
                buf_printf(out, " to %lld", (long long)f->codes[k].to);
        }
        if (!f->any)
            buf_add_str(out, STR(" counts as an answer"));
        if (f->when.count) {
            buf_add_str(out, STR(" when "));
            tell_condition(t, &f->when, &error, out);
        }
    }
}

static void put_times(const struct teller *t, const struct call *call, struct buf *out)
{
    const struct scene outer = {0};
    if (call->public.nested) {
        buf_printf(out, ", a list for each row of `" STR_FMT "`",
                   STR_ARG(t->plan->calls[call->public.outer].public.name));
    } else if (call->public.per_row) {
        buf_printf(out, ", once for each row of `" STR_FMT "` on the page",
                   STR_ARG(t->plan->calls[call->public.outer].public.name));
    } else if (call->public.each) {
        buf_add_str(out, STR(", once for each of "));
        tell_expression(t, &call->each, &outer, out);
        buf_printf(out, ", at most %u", call->public.most);
        if (call->public.part.p)
            buf_printf(out, " (what is beyond is left out: " STR_FMT ")",
                       STR_ARG(call->public.part));
    }
}

static bool merged(const struct plan *plan)
{
    unsigned ordered = 0;
    for (unsigned i = 0; i < plan->call_count; i++)
        ordered += plan->calls[i].has_order;
    return ordered > 1;
}

static void put_rows(const struct teller *t, unsigned index, struct buf *out)
{
    const struct call *call = &t->plan->calls[index];
    const struct scene outer = {0}, row = scene_of_row(t, index, &outer);
    if (!call->has_rows)
        return;
    buf_printf(out, "; rows in `" STR_FMT "`, %u to %u a page", STR_ARG(call->rows.text),
               call->public.page_min, call->public.page_max);
    if (!call->has_order || !merged(t->plan))
        return;
    buf_add_str(out, call->order_choice ? STR(", merged by one of these: ") : STR(", merged by "));
    if (call->order_choice)
        tell_choice(t, call->order_choice, &row, out);
    else
        tell_expression(t, &call->order, &row, out);
}

static void put_call(const struct teller *t, unsigned index, struct buf *out)
{
    const struct call *call = &t->plan->calls[index];
    const struct scene outer = {0};
    buf_printf(out, "%u. `" STR_FMT "`: `" STR_FMT "`", index + 1, STR_ARG(call->public.name),
               STR_ARG(t->called[index] ? t->called[index]->call : call->public.send));
    if (t->called[index])
        buf_printf(out, " (" STR_FMT ")", STR_ARG(t->called[index]->name));
    put_times(t, call, out);
    if (call->has_when) {
        buf_add_str(out, STR(", when "));
        tell_condition(t, &call->when, &outer, out);
    }
    put_rows(t, index, out);
    put_forgiveness(t, call, out);
    buf_add_char(out, '\n');
}

static void put_calls(const struct teller *t, struct buf *out)
{
    if (t->plan->call_count)
        buf_add_str(out, t->plan->call_count > 1 ? STR("\nCalls:\n\n") : STR("\nCall:\n\n"));
    else
        buf_add_str(out, STR("\nNothing is called.\n"));
    for (unsigned i = 0; i < t->plan->call_count; i++)
        put_call(t, i, out);
}

/* ---- what else a table says ---- */

static void put_page_form(const struct page_form *form, struct buf *out)
{
    static const char *const styles[] = {
        [PLAN_PAGE_NONE] = "",
        [PLAN_PAGE_CURSOR] = "by a cursor",
        [PLAN_PAGE_OFFSET] = "by an offset",
        [PLAN_PAGE_NUMBER] = "by their number",
    };
    buf_printf(out, "%s in `" STR_FMT "`, their size in `" STR_FMT "`, from %llu to %llu",
               styles[form->style], STR_ARG(form->in->name), STR_ARG(form->size->name),
               (unsigned long long)form->least, (unsigned long long)form->most);
    if (form->has_preset)
        buf_printf(out, " and %llu when absent", (unsigned long long)form->preset);
}

static void put_pages(const struct teller *t, struct buf *out)
{
    const struct pages *pages = &t->plan->pages;
    const struct scene outer = {0};
    if (pages->form.style == PLAN_PAGE_NONE)
        return;
    buf_add_str(out, STR("\nPages are asked for "));
    put_page_form(&pages->form, out);
    if (pages->other.style != PLAN_PAGE_NONE) {
        buf_add_str(out, STR(", or "));
        put_page_form(&pages->other, out);
    }
    if (pages->has_descending) {
        buf_add_str(out, STR("; the greatest first when "));
        tell_condition(t, &pages->descending, &outer, out);
    }
    buf_add_str(out, STR(".\n"));
    if (pages->form.lenient || pages->other.lenient)
        buf_add_str(out, STR("A smaller size counts as the default, a larger one as the largest, a "
                             "position before the first as\nthe first.\n"));
}

static void put_refusals(const struct teller *t, struct buf *out)
{
    const struct plan *plan = t->plan;
    const struct scene outer = {0};
    if (plan->refusal_count)
        buf_add_str(out, STR("\nRefused:\n\n"));
    for (size_t i = 0; i < plan->refusal_count; i++) {
        const struct refusal *refusal = &plan->refusals[i];
        buf_add_str(out, refusal->when.count ? STR("- when ") : STR("- always: "));
        tell_condition(t, &refusal->when, &outer, out);
        buf_printf(out, "%s" STR_FMT "\n", refusal->when.count ? ": " : "",
                   STR_ARG(refusal->advice));
    }
}

static void put_once(const struct teller *t, struct buf *out)
{
    if (t->plan->has_once)
        buf_printf(
            out, "\nMade once for each `" STR_FMT "`: a repeat is given the first answer again.\n",
            STR_ARG(t->plan->once.text));
}

static void put_memories(const struct teller *t, struct buf *out)
{
    for (unsigned i = 0; i < t->plan->memory_count; i++)
        buf_printf(out, "\nRemembered for a while, of each `" STR_FMT "`: `" STR_FMT "`.\n",
                   STR_ARG(t->plan->memories[i].of.text), STR_ARG(t->plan->memories[i].name));
}

static void put_assumptions(const struct teller *t, struct buf *out)
{
    const struct plan *plan = t->plan;
    if (plan->assumes_count)
        buf_add_str(out, STR("\nAssumed, with how sure that is:\n\n"));
    for (size_t i = 0; i < plan->assumes_count; i++) {
        struct str text = plan->assumes[i];
        struct str grade = str_cut(&text, ':');
        buf_printf(out, "- *" STR_FMT "*: " STR_FMT "\n", STR_ARG(grade),
                   STR_ARG(str_trim(text.p ? text : STR(""))));
    }
}

static void put_head(const struct teller *t, struct buf *out)
{
    const struct plan *plan = t->plan;
    buf_add_char(out, '\n');
    for (size_t i = 0; i < plan->legacy_count; i++)
        buf_printf(out, "%s`" STR_FMT "`", i ? ", " : "", STR_ARG(plan->legacy[i]));
    if (plan->version.text.p)
        buf_printf(out, " with `version` `" STR_FMT "`", STR_ARG(plan->version.text));
    if (plan->generation != GENERATION_ANY)
        buf_printf(out, " where `" STR_FMT "` calls are chosen", STR_ARG(plan_upstream(plan)));
    struct str state = docs_plan_state(plan, t->arena);
    buf_printf(out, " · " STR_FMT " · table `" STR_FMT "`\n\n" STR_FMT "\n", STR_ARG(state),
               STR_ARG(plan->name), STR_ARG(plan->about));
}

size_t put_endpoint(const struct docs_sources *sources, const struct plan *plan,
                    struct arena *arena, struct buf *out)
{
    struct teller t = {.sources = sources, .arena = arena, .plan = plan};
    size_t missing = 0;
    find_contracts(&t);
    put_head(&t, out);
    if (plan->reply) {
        gather_uses(&t);
        gather_made(&t);
        put_calls(&t, out);
        put_request(&t, out, &missing);
        put_answer(&t, out, &missing);
    }
    put_pages(&t, out);
    put_refusals(&t, out);
    put_once(&t, out);
    put_memories(&t, out);
    put_assumptions(&t, out);
    return missing;
}
