#ifndef BASE_VALUE_TAGS_H
#define BASE_VALUE_TAGS_H

/*
 * How the kinds of value.h are told apart in memory; for value.* and pack*.c
 * alone.  A string of less than 128 bytes is TAG_SHORT | length, then its
 * text; everything from TAG_NUMBER on has a length otherwise.
 */
enum value_tag {
    TAG_NULL,
    TAG_FALSE,
    TAG_TRUE,
    TAG_NUMBER,
    TAG_STRING,
    TAG_ARRAY,
    TAG_OBJECT,
    TAG_SHORT = 0x80
};

#endif
