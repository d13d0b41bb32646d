#include <math.h>
#include <stdio.h>

int main(void) {
    printf("#include \"table.h\"\n\nconst int16_t table[91] = {\n");
    for (int degrees = 0; degrees <= 90; degrees++)
        printf("    %.0f, /* %d */\n", 10000 * sin(degrees * acos(-1) / 180), degrees);
    printf("};\n");
    return 0;
}
