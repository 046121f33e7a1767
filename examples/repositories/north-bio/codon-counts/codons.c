/* How often each of the 64 codons begins at a multiple of three; letters other than ACGT end the count. */
#include <string.h>

void count_codons(const char *sequence, long *counts)
{
    static const char letters[] = "ACGT";
    while (sequence[0] && sequence[1] && sequence[2]) {
        int index = 0;
        for (int i = 0; i < 3; i++) {
            const char *letter = strchr(letters, sequence[i]);
            if (letter == NULL)
                return;
            index = 4 * index + (int)(letter - letters);
        }
        counts[index]++;
        sequence += 3;
    }
}
