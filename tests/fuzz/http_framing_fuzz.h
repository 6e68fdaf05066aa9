#ifndef HTTP_FRAMING_FUZZ_H
#define HTTP_FRAMING_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Entry point that fuzzing engines call; aborts when the parser breaks a promise. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

#endif
