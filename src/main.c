/*
 * The program: everything is in the rooms below this file, the command line in src/cli.
 */
#include "cli/verb.h"

int main(int argc, char **argv)
{
    return cli_run(argc, argv);
}
