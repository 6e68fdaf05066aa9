/* Feeds a fuzz target the same pseudo-random inputs each time: raw bytes, and texts from letters
 * that numbers and dates are made of, so that many get past the first checks. An input that failed
 * can be given again as a file. */
#include <string.h>

#include "fuzz.h"

#define INPUTS  200000
#define LONGEST 64

static uint64_t next_random(uint64_t *state)
{
    uint64_t x = *state;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return *state = x;
}

static const char *const number_shapes[] = {
    "0000-00-00",
    "0000-00-00T00:00:00Z",
    "0000-00-00T00:00:00.000000Z",
    "0",
    "0.00",
    "-000.000000",
    "000000000000.000000",
    "0.00000000000",
    "-0",
    "0000000000000000000",
    "",
    NULL,
};
static const char number_letters[] = "0123456789.-+eETZ: ,xN";

/* One of the shapes with digits for '0' and now and then another letter. */
static size_t make_text(uint64_t *state, uint8_t *out)
{
    const char *const *shapes = fuzz_shapes ? fuzz_shapes : number_shapes;
    const char *letters = fuzz_letters ? fuzz_letters : number_letters;
    size_t count = 0;
    while (shapes[count])
        count++;
    const char *shape = shapes[next_random(state) % count];
    size_t n = strlen(shape);
    for (size_t i = 0; i < n && i < FUZZ_SHAPE_MAX; i++) {
        uint64_t dice = next_random(state);
        out[i] = (uint8_t)shape[i];
        if (shape[i] == '0') out[i] = (uint8_t)('0' + (dice >> 8) % (dice % 3 ? 10 : 3));
        if (dice % 97 == 0) out[i] = (uint8_t)letters[(dice >> 16) % strlen(letters)];
    }
    return n < FUZZ_SHAPE_MAX ? n : FUZZ_SHAPE_MAX;
}

static size_t make_bytes(uint64_t *state, uint8_t *out)
{
    size_t n = next_random(state) % LONGEST;
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)(next_random(state) >> 24);
    return n;
}

static int replay_file(const char *path)
{
    static uint8_t data[1 << 20];
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return EXIT_FAILURE;
    }
    size_t n = fread(data, 1, sizeof data, file);
    fclose(file);
    LLVMFuzzerTestOneInput(data, n);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    if (argc > 1) return replay_file(argv[1]);
    uint64_t state = UINT64_C(88172645463325252);
    for (int i = 0; i < INPUTS; i++) {
        uint8_t data[FUZZ_SHAPE_MAX];
        size_t n = i % 8 == 0 ? make_bytes(&state, data) : make_text(&state, data);
        /* Memory of exactly this size, so that the sanitizer sees a read beyond it. */
        uint8_t *exact = malloc(n ? n : 1);
        if (!exact) return EXIT_FAILURE;
        memcpy(exact, data, n);
        LLVMFuzzerTestOneInput(exact, n);
        free(exact);
    }
    printf("%d inputs passed\n", INPUTS);
    return EXIT_SUCCESS;
}
