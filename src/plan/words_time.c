/*
 * The word on dates: a date and a time of day in words, in a time zone, to seconds since 1970.
 *
 * Taken: 2022/12/30 22:11:00 and 2022-12-30T22:11:00, the seconds may be missing; zones as an
 * offset from UTC (UTC+8, GMT-03:30, +0800, Z). Names of places are refused: their rules change.
 */
#include "plan/words.h"

struct scan {
    struct str rest;
    bool good;
};

static int64_t digits(struct scan *s, size_t least, size_t most)
{
    int64_t value = 0;
    size_t n = 0;
    for (; n < most && n < s->rest.n && s->rest.p[n] >= '0' && s->rest.p[n] <= '9'; n++)
        value = value * 10 + (s->rest.p[n] - '0');
    s->rest = str_of(s->rest.p + n, s->rest.n - n);
    s->good = s->good && n >= least;
    return value;
}

/* The next byte when it is one of `any`, else 0. */
static char one_of(struct scan *s, const char *any)
{
    if (!s->rest.n || !strchr(any, s->rest.p[0]) || !s->rest.p[0])
        return 0;
    s->rest = str_of(s->rest.p + 1, s->rest.n - 1);
    return s->rest.p[-1];
}

static void need(struct scan *s, const char *any)
{
    s->good = one_of(s, any) && s->good;
}

/* Days since 1970-01-01 of a day of the Gregorian calendar. */
static int64_t days(int64_t year, int64_t month, int64_t day)
{
    static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    int64_t y = year - 1;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return y * 365 + y / 4 - y / 100 + y / 400 + before[month - 1] + (leap && month > 2) + day -
           719163;
}

static bool day_exists(int64_t year, int64_t month, int64_t day)
{
    if (year < 1 || month < 1 || month > 12 || day < 1)
        return false;
    int64_t next = month == 12 ? days(year + 1, 1, 1) : days(year, month + 1, 1);
    return days(year, month, day) < next;
}

static bool read_time(struct str text, int64_t *seconds)
{
    struct scan s = {str_trim(text), true};
    int64_t year = digits(&s, 4, 4);
    need(&s, "-/");
    int64_t month = digits(&s, 1, 2);
    need(&s, "-/");
    int64_t day = digits(&s, 1, 2);
    need(&s, " T");
    int64_t hour = digits(&s, 1, 2), second = 0;
    need(&s, ":");
    int64_t minute = digits(&s, 2, 2);
    if (one_of(&s, ":"))
        second = digits(&s, 2, 2);
    if (!s.good || s.rest.n || !day_exists(year, month, day) || hour > 23 || minute > 59 ||
        second > 59)
        return false;
    *seconds = ((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    return true;
}

/* Seconds to the east of UTC. */
static bool read_zone(struct str text, int64_t *offset)
{
    struct scan s = {str_trim(text), true};
    if (s.rest.n >= 3 &&
        (str_ieq(str_of(s.rest.p, 3), STR("UTC")) || str_ieq(str_of(s.rest.p, 3), STR("GMT"))))
        s.rest = str_of(s.rest.p + 3, s.rest.n - 3);
    else if (s.rest.n == 1 && one_of(&s, "Zz"))
        s.rest = STR("");
    else if (!s.rest.n)
        return false;
    *offset = 0;
    if (!s.rest.n)
        return true;
    char sign = one_of(&s, "+-");
    int64_t hours = digits(&s, 1, 2), minutes = 0;
    if (one_of(&s, ":") || s.rest.n)
        minutes = digits(&s, 2, 2);
    if (!sign || !s.good || s.rest.n || hours > 14 || minutes > 59)
        return false;
    *offset = (hours * 60 + minutes) * (sign == '-' ? -60 : 60);
    return true;
}

struct value word_time_in(struct plan_run *run, const struct use *use, const struct value *in)
{
    struct value zone = operand_read(run, &use->arguments[0]);
    struct str text = value_as_text(run, in), name = value_as_text(run, &zone);
    int64_t seconds, offset;
    if (text.p && !text.n)
        return VALUE_NONE;
    if (!text.p || !read_time(text, &seconds))
        return run_fault(run, use->from,
                         "expected a time such as 2022-12-30 22:11:00, found '%.*s'",
                         (int)(text.n < 40 ? text.n : 40), text.p ? text.p : "");
    if (!name.p || !read_zone(name, &offset))
        return run_fault(run, use->from, "expected a time zone such as UTC+8, found '%.*s'",
                         (int)(name.n < 40 ? name.n : 40), name.p ? name.p : "");
    return value_digits(arena_printf(run->arena, "%lld", (long long)(seconds - offset)));
}
