/*
 * Ids: numbers scattered over all digits, so that they look like ids and still tell which
 * record they are. number -> number * A + B modulo 10^k, and back by the inverse of A. Another
 * seed counts from another number, so that its shop has other ids.
 */
#include "sandbox/run.h"

#include <assert.h>

static const uint64_t factor = 736878749317894123u; /* odd and no multiple of 5: invertible */
static const uint64_t shift = 582193756148219375u;

uint64_t mix(uint64_t x)
{
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static uint64_t power10(unsigned digits)
{
    uint64_t power = 1;
    while (digits-- > 0)
        power *= 10;
    return power;
}

static uint64_t multiply(uint64_t a, uint64_t b, uint64_t modulus)
{
    return (uint64_t)((unsigned __int128)a * b % modulus);
}

/* The inverse of `factor`: its power to 4 * 10^(k-1) - 1, the order of the group being that. */
static uint64_t inverse(unsigned digits)
{
    uint64_t modulus = power10(digits), result = 1, base = factor % modulus;
    for (uint64_t e = power10(digits - 1) * 4 - 1; e > 0; e >>= 1) {
        if (e & 1)
            result = multiply(result, base, modulus);
        base = multiply(base, base, modulus);
    }
    return result;
}

struct str id_make(struct arena *arena, struct str prefix, unsigned digits, uint64_t number)
{
    assert(prefix.n < digits && digits - prefix.n <= 18);
    unsigned free_digits = digits - (unsigned)prefix.n;
    uint64_t modulus = power10(free_digits);
    uint64_t scattered = (multiply(number % modulus, factor % modulus, modulus) + shift) % modulus;
    char *text = arena_alloc(arena, digits);
    if (!text)
        return STR_NONE;
    memcpy(text, prefix.p, prefix.n);
    for (unsigned i = digits; i > prefix.n; scattered /= 10)
        text[--i] = (char)('0' + scattered % 10);
    return str_of(text, digits);
}

/* Where a seed counts from; the ids of the preset one stand in the documentation. */
static uint64_t seed_start(uint64_t seed, uint64_t modulus)
{
    return seed <= 1 ? 0 : mix(seed) % modulus;
}

bool id_read(struct str id, struct str prefix, unsigned digits, uint64_t *number)
{
    uint64_t scattered;
    if (id.n != digits || !str_starts(id, prefix) ||
        !str_to_u64(str_of(id.p + prefix.n, id.n - prefix.n), &scattered))
        return false;
    unsigned free_digits = digits - (unsigned)prefix.n;
    uint64_t modulus = power10(free_digits);
    scattered = (scattered + modulus - shift % modulus) % modulus;
    *number = multiply(scattered, inverse(free_digits), modulus);
    return true;
}

struct str run_make_id(struct run *run, struct str prefix, unsigned digits, uint64_t number)
{
    uint64_t modulus = power10(digits - (unsigned)prefix.n);
    uint64_t start = seed_start(run->seed, modulus);
    return id_make(run->arena, prefix, digits, (number % modulus + start) % modulus);
}

bool run_read_id(struct run *run, struct str id, const struct entity *entity, uint64_t *number)
{
    if (!id_read(id, entity->prefix, entity->digits, number))
        return false;
    uint64_t modulus = power10(entity->digits - (unsigned)entity->prefix.n);
    *number = (*number + modulus - seed_start(run->seed, modulus)) % modulus;
    return true;
}
