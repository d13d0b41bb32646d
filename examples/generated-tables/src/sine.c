#include <stdio.h>
#include <stdlib.h>

#include "table.h"

static int look_up(int degrees) {
    degrees = (degrees % 360 + 360) % 360;
    if (degrees >= 180)
        return -look_up(degrees - 180);
    return table[degrees <= 90 ? degrees : 180 - degrees];
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: sine DEGREES...\n");
        return 1;
    }
    for (int i = 1; i < argc; i++)
        printf("%d%s", look_up(atoi(argv[i])), i + 1 < argc ? " " : "\n");
    return 0;
}
