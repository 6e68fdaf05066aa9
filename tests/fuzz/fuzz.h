/* A fuzz target checks properties of one input and aborts when one does not hold. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A target may define these to say what its inputs look like: NULL-terminated texts whose zeros
 * stand for any digit, and letters that now and then replace another one. Without them inputs look
 * like numbers and dates. */
extern const char *const fuzz_shapes[] __attribute__((weak));
extern const char fuzz_letters[] __attribute__((weak));
#define FUZZ_SHAPE_MAX 400

#define FUZZ_CHECK(condition)                                                                      \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                        \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#endif
