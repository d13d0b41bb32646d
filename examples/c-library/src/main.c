#include <stdio.h>
#include <stdlib.h>
#include <zsum.h>

static int report(const char *name) {
    FILE *file = fopen(name, "rb");
    long size = file && !fseek(file, 0, SEEK_END) ? ftell(file) : -1;
    void *data = size < 0 ? NULL : malloc(size + 1);
    struct zsum facts;
    if (!data || fseek(file, 0, SEEK_SET) || fread(data, 1, size, file) != (size_t)size) {
        perror(name);
        return 1;
    }
    fclose(file);
    if (zsum_of(data, size, &facts)) {
        perror(name);
        return 1;
    }
    free(data);
    printf("%08lx %zu of %ld %s\n", facts.checksum, facts.compressed, size, name);
    return 0;
}

int main(int argc, char **argv) {
    int failed = argc < 2;
    if (failed)
        fprintf(stderr, "usage: zsum FILE...\n");
    for (int i = 1; i < argc; i++)
        failed |= report(argv[i]);
    return failed;
}
