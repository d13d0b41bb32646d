#ifndef TABLE_H
#define TABLE_H

#include <stdint.h>

/* The sines of 0 to 90 degrees, as multiples of 1/10000. */
extern const int16_t table[91];

#endif
