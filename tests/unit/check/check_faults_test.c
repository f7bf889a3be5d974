/*
 * Planted faults: each rule of the checker at least once, by one edit of a table that is clean,
 * and the finding it must lead to: file, place, words and nearest name, and nothing else.
 */
#include "plant.h"

struct planted {
    const char *name;
    const char *table; /* without "thing/" and ".json"; or a shared file as it is */
    struct edit edits[3];
    const char *path;
    const char *text; /* a part of it */
    const char *hint; /* NULL: none */
    size_t others;    /* further findings that the edit leads to */
};

/* clang-format off */
static const struct planted faults[] = {
    /* ---- the endpoint ---- */
    {"legacy endpoint without a contract", "change_thing",
     {{SET, "legacy", "`PUT /api/thinks`"}},
     "$.legacy", "no legacy contract of 'PUT /api/thinks'", "did you mean PUT /api/things?", 0},
    {"one of several names without a contract", "change_thing",
     {{SET, "legacy", "[`PUT /api/things`, `PUT /api/thingz`]"}},
     "$.legacy[1]", "no legacy contract of 'PUT /api/thingz'", "did you mean PUT /api/things?", 0},
    {"a table over two shapes", "get_thing",
     {{SET, "version", "`>= 202301`"}, {SET, "thing/get_thing_before_202305:version", "`< 202301`"}},
     "$.version", "the endpoint had another shape before 202305: a table serves one of them", NULL, 0},

    /* ---- calls ---- */
    {"a call that v202309 does not have", "list_things",
     {{SET, "calls/found/send", "`POST /thing/202309/things/serch`"}},
     "$.calls.found.send", "v202309 has no 'POST /thing/202309/things/serch'",
     "did you mean POST /thing/202309/things/search?", 0},
    {"a path that is near to none", "upload_picture",
     {{SET, "calls/picture/send", "`POST /picture`"}},
     "$.calls.picture.send", "v202309 has no 'POST /picture'", NULL, 0},
    {"a path that is near to one", "upload_picture",
     {{SET, "calls/picture/send", "`POST /thing/202309/picture/upload`"}},
     "$.calls.picture.send", "v202309 has no 'POST /thing/202309/picture/upload'",
     "did you mean POST /thing/202309/pictures/upload?", 0},
    {"a path with another method", "upload_picture",
     {{SET, "calls/picture/send", "`PUT /thing/202309/pictures/upload`"}},
     "$.calls.picture.send", "v202309 has no 'PUT /thing/202309/pictures/upload'",
     "this path is served with POST", 0},
    {"a query parameter that does not exist", "get_thing",
     {{RENAME, "calls/thing/query/draft", "drafts"}},
     "$.calls.thing.query.drafts", "`query` of GET /thing/202309/things/{thing_id} has no 'drafts'",
     "did you mean draft?", 0},
    {"a body member that does not exist", "list_things",
     {{RENAME, "calls/found/body/owner", "ownr"}},
     "$.calls.found.body.ownr", "`body` of POST /thing/202309/things/search has no 'ownr'",
     "did you mean owner?", 0},
    {"a nested body member that does not exist", "change_thing",
     {{RENAME, "calls/change/body/parts/make/row", "column"}},
     "$.calls.change.body.parts.make.column", "`body.parts[]` of PUT", NULL, 0},
    {"a part that the form does not have", "upload_picture",
     {{RENAME, "calls/picture/form/use", "usage"}},
     "$.calls.picture.form.usage", "`form` of POST /thing/202309/pictures/upload has no 'usage'",
     NULL, 0},
    {"a required query parameter is missing", "list_things",
     {{DROP, "calls/found/query", NULL}},
     "$.calls.found", "nothing gives `query.sort`", NULL, 0},
    {"a required body member is missing", "change_thing",
     {{DROP, "calls/change/body/parts/make/id", NULL}, {DROP, "accept/parts/0/id", NULL}},
     "$.calls.change.body.parts.make", "nothing gives `body.parts[].id`", NULL, 1},
    {"a required member of an object is missing", "change_thing",
     {{DROP, "calls/change/body/parts/make/price/currency", NULL}},
     "$.calls.change.body.parts.make.price", "nothing gives `body.parts[].price.currency`", NULL, 0},
    {"a required part of a form is missing", "upload_picture",
     {{SET, "calls/picture/form", "{`use`: `scene | enum scene`}"}, {DROP, "accept/data", NULL}},
     "$.calls.picture.form", "nothing gives `form.data`", NULL, 1},
    {"a body is missing", "change_thing",
     {{DROP, "calls/change/body", NULL}, {SET, "loses", "{`request`: {`parts`: `No.`, `options`: `No.`}}"}},
     "$.calls.change", "nothing gives `body.parts[]`", NULL, 1},
    {"an optional field for a required one", "change_thing",
     {{SET, "refuse", "[{`when`: `parts | count | is 0`, `say`: `Nothing.`}]"}},
     "$.calls.change.body.remark", "may be absent, but PUT /thing/202309/things/{thing_id} requires",
     "give a default with `or`, or guard it with `when`", 0},
    {"one of two of which both may be absent", "change_thing",
     {{SET, "refuse", "[{`when`: [`remark | has | not`, `parts | count | is 0`], `say`: `Nothing.`}]"}},
     "$.calls.change.body.remark", "may be absent", "give a default", 0},
    {"an optional field for a required member of an element", "change_thing",
     {{SET, "accept/parts/0/price", "`decimal?`"}},
     "$.calls.change.body.parts.make.price", "may be absent", "give a default", 0},
    {"an optional field in a path", "get_thing_before_202305",
     {{SET, "accept/thing_id", "`id?`"}},
     "$.calls.thing.send", "`thing_id` may be absent, but a path needs it", "give a default", 0},
    {"a shop cipher that the call requires", "list_things",
     {{SET, "uses", "`plain`"}, {SET, "calls/found/page", "{`size`: `query.page_size`, `token`: `query.page_token`, `next`: `next_page_token`}"}},
     "$.calls.found", "requires a shop_cipher, and the proxy would add none", "see `uses`", 0},
    {"a shop cipher that the call does not take", "profiles.json",
     {{DROP, "no_cipher/2", NULL}, {SET, "profiles/plain/shop", "`cipher`"}},
     "$.calls.picture", "takes no shop_cipher, and the proxy would add one", "add it to `no_cipher`", 0},
    {"a shop cipher that the proxy adds itself", "get_thing_before_202305",
     {{SET, "calls/thing/query", "{`shop_cipher`: `shop.cipher`}"}},
     "$.calls.thing.query.shop_cipher", "the proxy adds shop_cipher itself", NULL, 0},
    {"another host", "profiles.json",
     {{SET, "profiles/plain/host", "`auth`"}},
     "$.calls.picture.send", "is served by the api host, but the profile 'plain' asks the auth host", NULL, 0},
    {"a form where JSON is wanted", "change_thing",
     {{DROP, "calls/change/body", NULL}, {SET, "calls/change/form", "{`fast`: `options.fast`, `remark`: `remark`, `parts`: `parts | json`}"}},
     "$.calls.change.form", "takes a body of JSON, not a form", NULL, 1},
    {"JSON where a form is wanted", "upload_picture",
     {{DROP, "calls/picture/form", NULL}, {SET, "calls/picture/body", "{`data`: `data`, `use`: `scene | enum scene`}"}},
     "$.calls.picture.body", "takes a form, not a body of JSON", NULL, 0},
    {"a text where a file is wanted", "upload_picture",
     {{SET, "calls/picture/form/data", "`data`"}},
     "$.calls.picture.form.data", "makes a part with a text, but `form.data`", NULL, 0},
    {"a GET whose answer nobody reads", "get_thing_before_202305",
     {{SET, "calls/more", "{`send`: `GET /thing/202309/things/{thing_id}`}"}},
     "$.calls.more", "nothing reads the answer of this GET", NULL, 0},

    /* ---- paths ---- */
    {"an answer's member that does not exist", "get_thing",
     {{SET, "reply/name", "`thing.titel | upper`"}},
     "$.reply.name", "`thing.titel`: `answer` of GET /thing/202309/things/{thing_id} has no 'titel'",
     "did you mean title?", 0},
    {"a member of an element that does not exist", "get_thing",
     {{SET, "reply/boxes/make/lines/make/line_id", "`idd`"}},
     "$.reply.boxes.make.lines.make.line_id", "`idd`: `answer.lines[]` of GET", "did you mean id?", 0},
    {"a row's member that does not exist", "list_things",
     {{SET, "reply/things/rows/found/thing_id", "`ident`"}},
     "$.reply.things.rows.found.thing_id", "`ident`: `answer.things[]` of POST", NULL, 0},
    {"a path further out that does not exist", "get_thing",
     {{SET, "reply/boxes/make/lines/make/whole_name", "`^nam | or /thing.title`"}},
     "$.reply.boxes.make.lines.make.whole_name", "has no 'nam'", "did you mean name?", 0},
    {"a path from the outermost scope that does not exist", "get_thing",
     {{SET, "reply/boxes/make/lines/make/whole_name", "`/thing.tittle`"}},
     "$.reply.boxes.make.lines.make.whole_name", "has no 'tittle'", "did you mean title?", 0},
    {"a group's member that does not exist", "get_thing",
     {{SET, "reply/groups/by", "`boxid`"}},
     "$.reply.groups.by", "`boxid`: `answer.lines[]` of GET", "did you mean box_id?", 0},
    {"a collected path that does not exist", "get_thing",
     {{SET, "reply/groups/make/tax", "`* | collect taxes | sum`"}},
     "$.reply.groups.make.tax", "`taxes`: `answer.lines[]`", NULL, 0},
    {"a path inside a text", "get_thing_before_202305",
     {{SET, "reply/name", "`thing.title.short`"}},
     "$.reply.name", "`thing.title.short`: 'short' is looked for in a text", NULL, 0},
    {"a path of the legacy request behind an opaque field", "change_thing",
     {{SET, "calls/change/body/fast", "`options.fasd`"}},
     "$.calls.change.body.fast", "`options.fasd`: `body.options` of PUT /api/things has no 'fasd'",
     "did you mean fast?", 1},
    {"a member of a forgiven error that nothing makes", "get_thing",
     {{SET, "reply/boxes/make/fault", "`faultt`"}},
     "$.reply.boxes.make.fault", "'faultt'", NULL, 0},
    {"each over what is no list", "get_thing",
     {{SET, "reply/boxes/make/lines/each", "`name`"}, {SET, "reply/boxes/make/lines/make", "{`line_id`: `'x'`, `count`: 1, `whole_name`: `'y'`}"}},
     "$.reply.boxes.make.lines.each", "`name` is a text, not a list", NULL, 0},
    {"one of several that is no list", "get_thing",
     {{SET, "reply/groups/group", "[`thing.lines`, `thing.title`]"}},
     "$.reply.groups.group[1]", "`thing.title` is a text, not a list", NULL, 0},
    {"calls for each of what is no list", "get_thing",
     {{SET, "calls/boxes/each", "`thing.title`"}},
     "$.calls.boxes.each", "`thing.title` is a text, not a list", NULL, 0},

    /* ---- words ---- */
    {"a word that cannot take an object", "get_thing",
     {{SET, "reply/name", "`thing.owner | upper`"}},
     "$.reply.name", "`thing.owner | upper`: 'upper' cannot take an object", NULL, 0},
    {"a word that cannot take a text", "get_thing",
     {{SET, "reply/name", "`thing.title | first`"}},
     "$.reply.name", "'first' cannot take a text", NULL, 0},
    {"a list of objects joined", "get_thing",
     {{SET, "reply/name", "`thing.lines | join ','`"}},
     "$.reply.name", "'join' cannot take a list that holds an object", NULL, 0},
    {"milliseconds twice", "get_thing",
     {{SET, "reply/changed_time", "`thing.update_time | s_to_ms | s_to_ms`"}},
     "$.reply.changed_time", "'s_to_ms' is given milliseconds already", NULL, 0},
    {"a time as a truth", "get_thing",
     {{SET, "reply/has_open", "`thing.update_time | bool`"}},
     "$.reply.has_open", "'bool' is given what is neither true nor false", NULL, 0},
    {"a comparison that never holds", "get_thing",
     {{SET, "reply/has_open/choose/0/when", "`thing.status | is 'OPNE'`"}},
     "$.reply.has_open.choose[0].when", "'OPNE' is never the value", "did you mean OPEN?", 0},
    {"a search that never finds", "get_thing",
     {{SET, "reply/region", "`thing.places | find level 'L9' name`"}},
     "$.reply.region", "'L9' is never the value", "did you mean L0?", 0},
    {"`or` behind what is always there", "change_thing",
     {{SET, "calls/change/body/parts/make/price/amount", "`price | or '0'`"}},
     "$.calls.change.body.parts.make.price.amount", "'or' applies to nothing", NULL, 0},
    {"`has` on what is always there", "get_thing",
     {{SET, "calls/thing/when", "`thing_id | has`"}},
     "$.calls.thing.when", "'has' applies to nothing", NULL, 0},

    /* ---- types ---- */
    {"a text for an int", "get_thing",
     {{SET, "reply/boxes/make/lines/make/count", "`amount`"}},
     "$.reply.boxes.make.lines.make.count",
     "gives a text, but `answer.boxes[].lines[].count` of GET /api/things/detail is int",
     "the word `int` may be missing", 0},
    {"a decimal for an int", "get_thing",
     {{SET, "reply/boxes/make/lines/make/count", "`amount | number`"}},
     "$.reply.boxes.make.lines.make.count", "gives a number", "the word `int` may be missing", 0},
    {"a text for a number", "list_things",
     {{SET, "reply/things/rows/found/weight", "`weight`"}},
     "$.reply.things.rows.found.weight", "gives a text, but `answer.things[].weight`",
     "the word `number` may be missing", 0},
    {"a number for a text", "get_thing",
     {{SET, "reply/name", "`thing.update_time`"}},
     "$.reply.name", "gives a whole number, but `answer.name`", "the word `text` may be missing", 0},
    {"a stand-in of another type", "list_things",
     {{SET, "reply/total", "`found.total_count | or ''`"}},
     "$.reply.total", "gives a text, but `answer.total` of POST /api/things/list is int", "`int`", 0},
    {"a list for a text", "get_thing",
     {{SET, "reply/name", "`thing.lines | collect tax`"}},
     "$.reply.name", "gives a list of texts, but `answer.name`", NULL, 0},
    {"a text for a list", "list_things",
     {{SET, "reply/things/rows/found/labels", "`labels | join ','`"}},
     "$.reply.things.rows.found.labels", "gives a text, but `answer.things[].labels[]` of POST "
     "/api/things/list is list of string", NULL, 0},
    {"an object for a text", "get_thing",
     {{SET, "reply/region", "{`name`: `thing.title`}"}},
     "$.reply.region", "makes an object, but `answer.region` of GET /api/things/detail is string", NULL, 0},
    {"a list for an object", "list_things",
     {{SET, "reply/things/rows/found/size", "{`each`: `labels`, `make`: `.`}"}},
     "$.reply.things.rows.found.size", "makes a list, but `answer.things[].size`", NULL, 3},
    {"a constant of another type", "get_thing",
     {{SET, "reply/has_open/choose/1/make", "0"}},
     "$.reply.has_open.choose[1].make", "gives a whole number, but `answer.has_open`", "`bool`", 0},
    {"seconds for milliseconds", "get_thing",
     {{SET, "reply/changed_time", "`thing.update_time`"}},
     "$.reply.changed_time", "gives seconds, but `answer.changed_time` of GET /api/things/detail is in "
     "milliseconds", "the word `s_to_ms` may be missing", 0},
    {"milliseconds for seconds, upstream", "list_things",
     {{SET, "calls/found/body/create_ge", "`made_from | s_to_ms`"}},
     "$.calls.found.body.create_ge", "gives milliseconds, but `body.create_ge`", "`ms_to_s`", 0},
    {"a text for a number, upstream", "change_thing",
     {{SET, "accept/parts/0/shelf?/row", "`text?`"}},
     "$.calls.change.body.parts.make.row", "gives a text, but `body.parts[].row`", "`int`", 0},
    {"a number for a truth in a query", "get_thing",
     {{SET, "calls/thing/query/draft", "`draft | bit`"}},
     "$.calls.thing.query.draft", "gives a whole number, but `query.draft`", NULL, 0},
    {"an object handed on without a member", "get_thing",
     {{DROP, "loses", NULL}},
     "$.reply", "`answer.owner.fax` of GET /api/things/detail is neither made nor confessed", NULL, 0},
    {"a request's object handed on without what is required", "change_thing",
     {{SET, "calls/change/body/parts", "`parts`"}},
     "$.calls.change.body.parts", "gives a text, but `body.parts[].price`", NULL, 0},

    /* ---- values ---- */
    {"a value that v202309 may give is in no pair", "enums.json",
     {{DROP, "thing_state/to_legacy", NULL}},
     "$.reply.things.rows.found.state",
     "`answer.things[].status` may be 'LOST', which no pair of the enum 'thing_state' maps", NULL, 0},
    {"a value that apps may send is in no pair", "list_things",
     {{SET, "enums/kind/pairs", "[[`BIG`, `LARGE`]]"}, {SET, "enums/kind/to_legacy", "[[`SMALL`, `SMALL`]]"}},
     "$.calls.found.body.kind",
     "`body.kind` may be 'SMALL', which no pair of the enum 'kind' maps, so the request is refused", NULL, 0},
    {"a pair makes what v202309 does not know", "list_things",
     {{SET, "enums/kind/pairs/0", "[`BIG`, `LARG`]"}, {SET, "enums/kind/to_legacy", "[[`LARGE`, `BIG`]]"}},
     "$.calls.found.body.kind", "may give 'LARG', which `body.kind` of POST /thing/202309/things/search "
     "cannot be", "did you mean LARGE?", 1},
    {"a pair makes what legacy does not know", "enums.json",
     {{SET, "thing_state/to_legacy", "[[`LOST`, 3]]"}},
     "$.reply.things.rows.found.state", "may give '3', which `answer.things[].state` of POST "
     "/api/things/list cannot be", NULL, 0},
    {"a stand-in that legacy does not know", "enums.json",
     {{SET, "thing_state/unknown", "0"}},
     "$.reply.things.rows.found.state", "may give '0'", NULL, 0},
    {"a constant that v202309 does not know", "list_things",
     {{SET, "calls/found/query/sort", "`'UP'`"}},
     "$.calls.found.query.sort", "may give 'UP', which `query.sort` of POST", NULL, 0},
    {"a pair of a shared enum that nobody meets", "enums.json",
     {{SET, "thing_state/to_legacy", "[[`LOST`, 2], [`GONE`, 2]]"}},
     "$.thing_state", "maps 'GONE', which no v202309 field that this enum reads may be", NULL, 0},
    {"a pair of a table's enum that nobody meets", "upload_picture",
     {{SET, "enums/scene/pairs", "[[1, `MAIN`], [2, `DETAIL`], [3, `DETAIL`]]"}},
     "$.enums.scene", "maps '3', which no legacy field that this enum reads may be", NULL, 0},

    /* ---- what is accepted ---- */
    {"a field that apps never send", "list_things",
     {{RENAME, "accept/gift", "gifts"}, {SET, "loses", "{`request`: {`gifts`: `No.`}}"}},
     "$.accept.gifts", "the legacy request has no `gifts`", "did you mean gift?", 1},
    {"a nested field that apps never send", "change_thing",
     {{SET, "accept/parts/0/colour", "`text?`"}, {SET, "loses", "{`request`: {`parts[].colour`: `No.`}}"}},
     "$.accept.parts[0].colour", "the legacy request has no `parts[].colour`", NULL, 1},
    {"a field of the contract that is not accepted", "list_things",
     {{DROP, "accept/gift", NULL}, {DROP, "loses", NULL}},
     "$.accept", "`body.gift` of POST /api/things/list is not accepted", NULL, 0},
    {"a nested field that is not accepted", "change_thing",
     {{DROP, "accept/parts/0/shelf?", NULL}, {DROP, "calls/change/body/parts/make/row", NULL}},
     "$.accept.parts[0]", "`body.parts[].shelf` of PUT /api/things is not accepted", NULL, 0},
    {"a nested field that nobody reads", "change_thing",
     {{DROP, "calls/change/body/parts/make/row", NULL}},
     "$.accept.parts[0].shelf?", "the field is accepted, but nothing reads it", NULL, 0},
    {"a part of an opaque field that nobody reads", "change_thing",
     {{SET, "calls/change/body/fast", "`options | has`"}},
     "$.accept.options", "nothing reads `options.fast` of it", NULL, 0},
    {"a type that refuses what apps send", "list_things",
     {{SET, "accept/owner_id", "`int?`"}},
     "$.accept.owner_id", "takes int, but `body.owner_id` of POST /api/things/list is string", NULL, 1},
    {"a scalar where apps send a list", "change_thing",
     {{SET, "accept/parts", "`text`"}, {SET, "calls/change/body/parts", "[{`id`: `'1'`, `price`: {`amount`: `parts`, `currency`: `'EUR'`}}]"}},
     "$.accept.parts", "takes text, but `body.parts[]` of PUT /api/things is list of object", NULL, 0},
    {"a required field that nobody requires", "list_things",
     {{SET, "accept/owner_id", "`id`"}},
     "$.accept.owner_id", "is required here, but the legacy API and v202309 do not require it",
     "'?' makes it optional", 0},
    {"a set that refuses a value", "upload_picture",
     {{SET, "accept/scene", "`int in 1`"}},
     "$.accept.scene", "refuses '2', which `body.scene` of POST /api/things/pictures may be", NULL, 1},
    {"a set with a value that is none", "upload_picture",
     {{SET, "accept/scene", "`int in 1 2 3`"}, {SET, "enums/scene/pairs", "[[1, `MAIN`], [2, `DETAIL`], [3, `MAIN`]]"}},
     "$.accept.scene", "takes '3', which `body.scene` of POST /api/things/pictures cannot be", NULL, 0},
    {"a list that may be too short", "change_thing",
     {{SET, "accept/parts/1", "`in 1..20`"}},
     "$.accept.parts", "refuses more than 20 elements, but `body.parts[]` of PUT /api/things may have 50",
     NULL, 0},
    {"another default", "get_thing",
     {{SET, "accept/zone", "`text = south`"}},
     "$.accept.zone", "has the default 'south', but that of `query.zone` of GET /api/things/detail is "
     "'north'", NULL, 0},

    /* ---- the reply ---- */
    {"a member that the app does not know", "get_thing_before_202305",
     {{SET, "reply/nam", "`thing.title`"}},
     "$.reply.nam", "`answer` of GET /api/things/detail has no 'nam'", "did you mean name?", 0},
    {"a nested member that the app does not know", "list_things",
     {{SET, "reply/things/rows/found/size/depth", "`size.width`"}},
     "$.reply.things.rows.found.size.depth", "`answer.things[].size` of POST /api/things/list has no "
     "'depth'", NULL, 0},
    {"a member that the app misses", "list_things",
     {{DROP, "reply/total", NULL}},
     "$.reply", "`answer.total` of POST /api/things/list is neither made nor confessed in "
     "`loses.answer`", NULL, 0},
    {"a nested member that the app misses", "list_things",
     {{DROP, "reply/things/rows/found/size/width", NULL}},
     "$.reply.things.rows.found.size", "`answer.things[].size.width` of POST", NULL, 0},
    {"a loss of what the app does not know", "get_thing",
     {{RENAME, "loses/answer/owner.fax", "owner.fac"}},
     "$.loses.answer[\"owner.fac\"]", "the legacy answer has no such field", "did you mean owner.fax?", 1},
    {"a loss of what apps never send", "change_thing",
     {{SET, "loses", "{`request`: {`options.slow`: `No.`}}"}},
     "$.loses.request[\"options.slow\"]", "the legacy request has no such field", "did you mean options.fast?", 0},
    {"an assumption about nothing", "list_things",
     {{SET, "assumes/0", "`low: made_two was part of the range`"}},
     "$.assumes[0]", "names 'made_two', which neither side has", "did you mean made_to?", 0},

    /* ---- pages ---- */
    {"rows that are not there", "list_things",
     {{SET, "calls/found/rows", "`thinks`"}},
     "$.calls.found.rows", "`thinks`: `answer` of POST /thing/202309/things/search has no 'thinks'",
     "did you mean things?", 0},
    {"rows that are no list", "list_things",
     {{SET, "calls/found/rows", "`total_count`"}},
     "$.calls.found.rows", "`total_count` is a whole number, not a list", NULL, 0},
    {"a page's token that has nowhere to go", "list_things",
     {{SET, "calls/found/page", "{`token`: `body.page_token`}"}},
     "$.calls.found.page", "the page's token goes to `body.page_token`, which POST", NULL, 0},
    {"a page's size that has nowhere to go", "list_things",
     {{SET, "calls/found/page", "{`size`: `query.pagesize`}"}},
     "$.calls.found.page", "the page's size goes to `query.pagesize`, which POST",
     "did you mean page_size?", 1},
    {"a next token that is not there", "list_things",
     {{SET, "calls/found/page", "{`next`: `next_page`}"}},
     "$.calls.found.page", "`next_page`: `answer` of POST", NULL, 0},
    {"more rows than v202309 gives", "list_things",
     {{SET, "calls/found/limits", "[1, 200]"}},
     "$.calls.found.limits", "asks for 1 to 200 rows a page, but `query.page_size` of POST "
     "/thing/202309/things/search goes from 1 to 100", NULL, 0},
    {"other limits than apps know", "list_things",
     {{SET, "pages/limits", "[1, 40]"}},
     "$.pages.limits", "takes 1 to 40 rows a page, but `page_size` of POST /api/things/list goes from "
     "1 to 50", NULL, 1},
    {"another page size when none is asked for", "list_things",
     {{SET, "pages/default", "20"}},
     "$.pages.size", "has the default '20', but that of `body.page_size`", NULL, 0},
    {"a page's cursor that apps never send", "list_things",
     {{SET, "pages/in", "`cursors`"}},
     "$.pages.in", "the legacy request has no `cursors`", "did you mean cursor?", 1},
    {"a next cursor that the app does not know", "list_things",
     {{SET, "pages/next", "`next_cursors`"}},
     "$.pages.next", "`answer` of POST /api/things/list has no 'next_cursors'",
     "did you mean next_cursor?", 1},
    {"an order that merges nothing", "list_things",
     {{SET, "calls/found/order_by", "`create_time`"}},
     "$.calls.found.order_by", "no other rows are merged with these", NULL, 0},

    /* ---- profiles.json ---- */
    {"a cipher-less call that does not exist", "profiles.json",
     {{SET, "no_cipher/0", "`GET /shop/202309/shop`"}},
     "$.no_cipher[0]", "v202309 has no 'GET /shop/202309/shop'", "did you mean GET /shop/202309/shops?", 0},
    {"a cipher-less call that requires one", "profiles.json",
     {{SET, "no_cipher/2", "`GET /thing/202309/boxes/{id}`"}},
     "$.no_cipher[2]", "GET /thing/202309/boxes/{box_id} requires a shop_cipher", NULL, 1},
    {"a list of shops that does not exist", "profiles.json",
     {{SET, "shops/send", "`GET /shop/202309/stores`"}},
     "$.shops.send", "v202309 has no 'GET /shop/202309/stores'",
     "did you mean GET /shop/202309/shops?", 0},
    {"a shop's member that does not exist", "profiles.json",
     {{SET, "shops/region", "`regin`"}},
     "$.shops.region", "the answer of GET /shop/202309/shops has no 'regin' there", "did you mean region?", 0},
    {"a profile that nobody uses", "profiles.json",
     {{SET, "profiles/spare", "{`host`: `api`, `sign`: true, `token`: true, `shop`: `none`, `success`: `Success`}"}},
     "$.profiles.spare", "no table uses this profile", NULL, 0},
    /* ---- merged and nested lists, several names, opaque fields ---- */
    {"a member of the outer row that does not exist", "list_tags",
     {{SET, "calls/tags/send", "`GET /mark/202309/marks/{@ident}/tags`"}},
     "$.calls.tags.send", "`@ident`: `answer.rows[]` of POST /mark/202309/marks/search has no 'ident'",
     NULL, 0},
    {"a member of the outer row that does not exist, in the reply", "list_tags",
     {{SET, "reply/tags/rows/tags/mark_id", "`@idd | text`"}},
     "$.reply.tags.rows.tags.mark_id", "`@idd`: `answer.rows[]` of POST", "did you mean id?", 0},
    {"a member of the answer for a row that does not exist", "list_tags",
     {{SET, "calls/tags", "{`each`: `marks.rows`, `send`: `GET /mark/202309/marks/{@id}/tags`,"
                          "`query`: {`page_size`: 50}}"},
      {SET, "reply/tags", "{`rows`: {`marks`: {`tag_id`: `/tags.tagz | collect id | first | or ''`,"
                          "`mark_id`: `id | text`, `number`: 1}}}"}},
     "$.reply.tags.rows.marks.tag_id", "`/tags.tagz`: `answer` of GET /mark/202309/marks/{mark_id}/tags "
     "has no 'tagz'", "did you mean tags?", 0},
    {"an order that depends on what is not there", "list_marks",
     {{SET, "calls/new/order_by", "{`choose`: [{`when`: `/old`, `make`: `at`}, {`make`: `att`}]}"}},
     "$.calls.new.order_by.choose[1].make", "`att`: `answer.rows[]` of POST", "did you mean at?", 0},
    {"a required member that may miss while another is there", "list_marks",
     {{SET, "calls/new/body/filter", "{`id`: `weight | text`, `colour`: `filter.colour`}"}},
     "$.calls.new.body.filter.id", "may be absent, but POST /mark/202309/marks/search requires "
     "`body.filter.id`", "give a default with `or`, or guard it with `when`", 0},
    {"an opaque field's member that does not exist", "list_marks",
     {{SET, "calls/new/body/colours", "[`filter.color`]"}},
     "$.calls.new.body.colours[0]", "`filter.color`: `query.filter` of GET /api/marks has no 'color'",
     "did you mean colour?", 0},
    {"a member that none of the names has", "list_marks",
     {{SET, "reply/marks/rows/new/notes", "`note`"}},
     "$.reply.marks.rows.new.notes", "`answer.marks[]` of GET /api/v2/marks has no 'notes'",
     "did you mean note?", 1},
    {"a member that one of the names misses", "list_marks",
     {{DROP, "reply/marks/rows/new/note", NULL}},
     "$.reply.marks.rows.new", "`answer.marks[].note` of GET /api/v2/marks is neither made", NULL, 0},
    {"an order of what is not there", "list_marks",
     {{SET, "calls/new/order_by", "`att`"}},
     "$.calls.new.order_by", "`att`: `answer.rows[]` of POST", "did you mean at?", 0},
    {"a descending order of what is not there", "list_marks",
     {{SET, "pages/descending/1", "`new.shpos | has`"}},
     "$.pages.descending[1]", "has no 'shpos'", "did you mean shops?", 0},
    {"a page's size below v202309's", "list_marks",
     {{SET, "calls/past/limits", "[1, 30]"}},
     "$.calls.past.limits", "asks for 1 to 30 rows a page, but `query.limit`", NULL, 0},
    {"`more` that is no truth", "list_marks",
     {{SET, "pages/more", "`advice`"}, {DROP, "loses/answer/advice", NULL}},
     "$.pages.more", "gives true or false, but `answer.advice` of GET /api/marks is string", NULL, 2},
    {"seconds where milliseconds are sent", "list_marks",
     {{SET, "accept/since", "`time?`"}, {SET, "calls/new/body/since", "`since`"}},
     "$.accept.since", "takes seconds, but `query.since` of GET /api/marks is in milliseconds", NULL, 0},
    {"a unit that is lost in an opaque field", "list_marks",
     {{SET, "calls/new/body/since", "`since`"}},
     "$.calls.new.body.since", "gives milliseconds, but `body.since`", "`ms_to_s`", 0},
    {"a range that begins too late", "list_marks",
     {{SET, "accept/weight", "`int? in 2..9`"}},
     "$.accept.weight", "refuses numbers below 2, but `query.weight` of GET /api/marks begins at 1",
     NULL, 0},
    {"a range that ends too early", "list_marks",
     {{SET, "accept/weight", "`int? in 1..8`"}},
     "$.accept.weight", "refuses numbers above 8, but `query.weight` of GET /api/marks goes up to 9",
     NULL, 0},
    {"a truth for a number that is none", "list_marks",
     {{SET, "accept/weight", "`bool?`"}, {SET, "calls/past/query/weight", "`weight | bit`"},
      {SET, "pages/descending", "`old`"}},
     "$.accept.weight", "takes bool, but `query.weight` of GET /api/marks is int", NULL, 0},
    {"a word for a truth that gets values that are none", "get_thing",
     {{SET, "reply/has_open/choose/0/make", "`thing.status | bool`"}},
     "$.reply.has_open.choose[0].make", "'bool' is given what is neither true nor false", NULL, 0},
    {"a truth for a number in the reply", "list_marks",
     {{SET, "reply/marks/rows/new/new", "`fresh`"}},
     "$.reply.marks.rows.new.new", "gives true or false, but `answer.marks[].new`",
     "the word `bit` may be missing", 0},
    {"objects handed on with what the app does not know", "list_marks",
     {{SET, "reply/marks/rows/new/tags", "`marks`"}},
     "$.reply.marks.rows.new.tags", "hands on a member 'at', which `answer.marks[].tags[]` of GET "
     "/api/marks does not have", NULL, 6},
    {"an object handed on without what is required", "list_marks",
     {{SET, "calls/new/body/filter", "`filter`"}},
     "$.calls.new.body.filter", "hands on no 'id', which `body.filter` of POST "
     "/mark/202309/marks/search requires", NULL, 1},
    {"an object handed on with a required member that may be missing", "change_thing",
     {{SET, "accept/parts/0/id", "`id?`"}, {SET, "calls/change/body/parts", "`parts`"}},
     "$.calls.change.body.parts", "may hand on no 'id', which `body.parts[]` requires", NULL, 1},
    {"a list for a number in a query", "list_marks",
     {{SET, "calls/past/query/weight", "`ids`"}, {SET, "loses/request/weight", "`No.`"}},
     "$.calls.past.query.weight", "gives a list of texts, but `query.weight`", NULL, 0},
    {"a list in a path", "get_thing",
     {{SET, "calls/boxes/send", "`GET /thing/202309/boxes/{thing.boxes | collect id}`"}},
     "$.calls.boxes.send", "gives a list of texts, but `path.box_id`", NULL, 0},
    {"a decimal as a time", "get_thing",
     {{SET, "reply/changed_time", "`thing.lines | collect tax | sum | s_to_ms`"}},
     "$.reply.changed_time", "'s_to_ms' cannot take a number", NULL, 0},
    {"a code of v202309 that nobody looked at", "errors.json",
     {{DROP, "codes/5001", NULL}},
     "$.codes", "GET /thing/202309/boxes/{box_id} may give 5001, which is neither here nor in `passes`", NULL, 0},
    {"a range of codes that nobody gives", "errors.json",
     {{SET, "passes/1", "{`from`: 7000, `to`: 7999, `about`: `No.`}"}},
     "$.passes[1]", "no endpoint of v202309 gives a code from 7000 to 7999", NULL, 0},
    {"a text for a truth in a query", "list_marks",
     {{SET, "calls/past/query/all", "`'yes'`"}},
     "$.calls.past.query.all", "gives a text, but `query.all`", NULL, 0},
};

/* Faults that a table confesses, and so silences. */
static const struct planted confessed[] = {
    {"one more name of the endpoint", "change_thing",
     {{SET, "legacy", "[`PUT /api/things`, `PUT /api/thingz`]"},
      {SET, "assumes", "[`low: PUT /api/thingz is an older name, by hearsay`]"}}, "", "", NULL, 0},
    {"a doubtful field of the request", "list_things",
     {{SET, "accept/colour", "`text?`"}, {SET, "calls/found/body/owner", "`owner_id | or colour`"},
      {SET, "assumes", "[`low: colour is what very old apps called the owner`]"}}, "", "", NULL, 0},
    {"a doubtful type", "list_things",
     {{SET, "reply/things/rows/found/made_time", "`create_time | text`"},
      {SET, "assumes", "[`medium: made_time was a text, as in messages of 2022`]"}}, "", "", NULL, 0},
    {"a doubtful unit", "list_things",
     {{SET, "reply/things/rows/found/made_time", "`create_time | s_to_ms`"},
      {SET, "assumes", "[`low: things[].made_time held milliseconds`]"}}, "", "", NULL, 0},
    {"a doubtful value", "list_things",
     {{SET, "enums/kind/to_legacy", "[[`HUGE`, `BIG`]]"},
      {SET, "assumes", "[`low: HUGE was given for a while`]"}}, "", "", NULL, 0},
    {"a doubtful member of the reply", "list_things",
     {{SET, "reply/things/rows/found/old_id", "`id`"},
      {SET, "assumes", "[`medium: old_id stood beside the id of a thing`]"}}, "", "", NULL, 0},
    {"a lost member of the reply", "list_things",
     {{DROP, "reply/things/rows/found/weight", NULL},
      {SET, "loses/answer", "{`things[].weight`: `Nobody weighs them.`}"}}, "", "", NULL, 0},
    {"a lost part of the request", "change_thing",
     {{DROP, "calls/change/body/parts/make/row", NULL},
      {SET, "loses", "{`request`: {`parts[].shelf`: `There are no shelves.`}}"}}, "", "", NULL, 0},
};
/* clang-format on */

static size_t expected(const struct findings *findings, const struct planted *fault)
{
    size_t found = 0;
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *f = &findings->items[i];
        bool hint = fault->hint ? strstr(f->hint, fault->hint) != NULL : *f->hint == '\0';
        found += strcmp(f->path, fault->path) == 0 && strstr(f->text, fault->text) && hint &&
                 f->level == FINDING_ERROR;
    }
    return found;
}

/* "thing/list_things.json", "mark/list_marks.json", or a shared file. */
static void file_of(const struct planted *fault, char name[128])
{
    bool shared = strchr(fault->table, '.') != NULL;
    bool mark = strcmp(fault->table, "list_marks") == 0 || strcmp(fault->table, "list_tags") == 0;
    snprintf(name, 128, shared ? "%s" : mark ? "mark/%s.json" : "thing/%s.json", fault->table);
}

static void check_fault(const struct world *world, const struct planted *fault, bool silent)
{
    struct findings findings;
    char table[128];
    findings_init(&findings);
    file_of(fault, table);
    check_planted(world, plant(table, fault->edits, 3, &findings), &findings);
    size_t want = silent ? 0 : fault->others + 1;
    if (findings.count != want || (!silent && expected(&findings, fault) != 1)) {
        print_all(&findings);
        print_error("%s: expected %zu findings, one at %s with `%s`\n", fault->name, want,
                    fault->path, fault->text);
        fail();
    }
    findings_clear(&findings);
}

static void the_base_is_clean(void **state)
{
    static const struct planted none = {"no edit", "list_things", {{NO_EDIT, "", ""}}, "", "", NULL,
                                        0};
    check_fault(*state, &none, true);
}

static void finds_every_planted_fault(void **state)
{
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        check_fault(*state, &faults[i], false);
}

static void is_silenced_by_a_confession(void **state)
{
    for (size_t i = 0; i < sizeof confessed / sizeof *confessed; i++)
        check_fault(*state, &confessed[i], true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_base_is_clean),
        cmocka_unit_test(finds_every_planted_fault),
        cmocka_unit_test(is_silenced_by_a_confession),
    };
    return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
