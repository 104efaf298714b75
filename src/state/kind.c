#include "state/kind.h"

#define BIT(member) (1u << KIND_MEMBER_##member)

static const struct slice members[KIND_MEMBER_COUNT] = {
    [KIND_MEMBER_VERSION] = SLICE_INIT("version"),
    [KIND_MEMBER_SERIAL] = SLICE_INIT("serial"),
    [KIND_MEMBER_LINEAGE] = SLICE_INIT("lineage"),
    [KIND_MEMBER_TERRAFORM_VERSION] = SLICE_INIT("terraform_version"),
    [KIND_MEMBER_RESOURCES] = SLICE_INIT("resources"),
    [KIND_MEMBER_FORMAT_VERSION] = SLICE_INIT("format_version"),
    [KIND_MEMBER_PLANNED_VALUES] = SLICE_INIT("planned_values"),
    [KIND_MEMBER_RESOURCE_CHANGES] = SLICE_INIT("resource_changes"),
    [KIND_MEMBER_ENCRYPTED_DATA] = SLICE_INIT("encrypted_data"),
    [KIND_MEMBER_ENCRYPTION_VERSION] = SLICE_INIT("encryption_version"),
    [KIND_MEMBER_META] = SLICE_INIT("meta"),
};

/*
 * The first row fits that has `all` of its members and, if it names any, one
 * of `some`.  OpenTofu: internal/encryption/base.go; `terraform show -json`:
 * developer.hashicorp.com/terraform/internals/json-format.
 */
static const struct {
    uint32_t all, some;
    const char *what;
} foreign[] = {
    {BIT(ENCRYPTED_DATA), BIT(ENCRYPTION_VERSION) | BIT(META),
     "a state encrypted by OpenTofu, which cannot be read; give it the "
     "output of `tofu state pull`"},
    {BIT(FORMAT_VERSION), BIT(PLANNED_VALUES) | BIT(RESOURCE_CHANGES),
     "a plan written as JSON, not a state; `terraform state pull` prints "
     "the state"},
    {BIT(FORMAT_VERSION), 0,
     "the output of `terraform show -json`, not the state itself; "
     "`terraform state pull` prints that"},
};

/* Text that is not JSON, by its first bytes. */
static const struct {
    struct slice head;
    const char *what;
} looks[] = {
    {SLICE_INIT("\xff\xfe"), "text in UTF-16, not a Terraform state (the "
                             "'>' of PowerShell writes that)"},
    {SLICE_INIT("\xfe\xff"), "text in UTF-16, not a Terraform state (the "
                             "'>' of PowerShell writes that)"},
    {SLICE_INIT("\x1f\x8b"), "compressed with gzip, not a Terraform state"},
    {SLICE_INIT("PK\x03\x04"), "a ZIP archive (a saved plan is one), not a "
                               "Terraform state"},
    {SLICE_INIT(""), "not JSON, so not a Terraform state"},
};

enum kind_member
kind_member(struct slice name)
{
    int i = 0;

    while (i < KIND_MEMBER_COUNT && !slice_eq(name, members[i]))
        i++;
    return (enum kind_member)i;
}

/* A state's "version" is not the one read here. */
static int
refuse_version(uint64_t version, struct slice file, struct err *e)
{
    if (version > KIND_VERSION)
        return err_set(e, ERR_FOREIGN,
                       "%.*s: a Terraform state of format version %llu, "
                       "newer than the version %d that can be read",
                       SLICE_FMT(file), (unsigned long long)version,
                       KIND_VERSION);
    return err_set(e, ERR_FOREIGN,
                   "%.*s: a Terraform state of format version %llu "
                   "(Terraform 0.11 or older); a newer Terraform upgrades "
                   "it: `terraform state pull` prints it in version %d",
                   SLICE_FMT(file), (unsigned long long)version, KIND_VERSION);
}

int
kind_judge(uint32_t seen, uint64_t version, struct slice file, struct err *e)
{
    /* Other things have a version, too: of a state's own members at least
     * one must be there. */
    uint32_t own =
        BIT(SERIAL) | BIT(LINEAGE) | BIT(TERRAFORM_VERSION) | BIT(RESOURCES);

    for (size_t i = 0; i < sizeof(foreign) / sizeof(*foreign); i++)
        if ((seen & foreign[i].all) == foreign[i].all &&
            (foreign[i].some == 0 || (seen & foreign[i].some) != 0))
            return err_set(e, ERR_FOREIGN, "%.*s: %s", SLICE_FMT(file),
                           foreign[i].what);
    if (version == 0 || (seen & own) == 0)
        return err_set(e, ERR_FOREIGN,
                       "%.*s: JSON, but not a Terraform state: no number "
                       "under \"version\", or nothing else of a state",
                       SLICE_FMT(file));
    return version == KIND_VERSION ? 0 : refuse_version(version, file, e);
}

int
kind_refuse(struct slice head, bool json, struct slice file, struct err *e)
{
    const char *what = "JSON, but not an object, so not a Terraform state";
    size_t i = 0;

    if (head.n == 0)
        what = "empty, not a Terraform state";
    while (head.n > 0 && !slice_starts(head, looks[i].head))
        i++;
    if (head.n > 0 && !json)
        what = looks[i].what;
    return err_set(e, ERR_FOREIGN, "%.*s: %s", SLICE_FMT(file), what);
}
