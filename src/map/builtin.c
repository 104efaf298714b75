/* The only place that needs the generated tables. */

#include "map/map.h"

void
maps_init(struct maps *ms)
{
    *ms = (struct maps){.names = {.table = &map_builtin_names},
                        .builtin = &map_builtin};
}
