#ifndef AGENT_CONFIG_FORM_H
#define AGENT_CONFIG_FORM_H

/*
 * The forms that a text may have to have.  Each function looks at one text,
 * never an empty one, and says whether it has the form.
 */

#include <stdbool.h>

#include "base/slice.h"

/* Anything. */
bool config_form_any(struct slice s);

/* A path whose folder part holds no wildcards. */
bool config_form_path(struct slice s);

/* http://HOST... or https://HOST..., printable ASCII without blanks. */
bool config_form_url(struct slice s);

/* arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE (AWS, "ARN format"). */
bool config_form_arn(struct slice s);

/* The 12 digits of an AWS account. */
bool config_form_account(struct slice s);

/* us-east-1, us-gov-west-1, cn-north-1, ... */
bool config_form_region(struct slice s);

/* Name: value of an HTTP header (RFC 9110 section 5). */
bool config_form_header(struct slice s);

#endif
