#include "aws/sigv4.h"

#include "aws/uri.h"
#include "base/text.h"

#define DAY_BYTES 8 /* of the stamp: "20150830" */

/* The algorithm's name, and the word that ends a key's scope. */
static const struct slice algorithm = SLICE_INIT("AWS4-HMAC-SHA256");
static const struct slice ending = SLICE_INIT("aws4_request");

struct signer {
    const struct sigv4_request *rq;
    const struct sigv4_key *key;
    struct slice stamp, day;
    struct http_header header[SIGV4_HEADERS_MAX]; /* by name */
    size_t n;
};

/* By bytes; the shorter first when one begins with the other. */
static int
slice_order(struct slice a, struct slice b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int d = n > 0 ? memcmp(a.p, b.p, n) : 0;

    return d != 0 ? d : (a.n > b.n) - (a.n < b.n);
}

/* The same for names of headers, which are signed in lower case. */
static int
name_order(struct slice a, struct slice b)
{
    for (size_t i = 0; i < a.n && i < b.n; i++)
        if (text_lower(a.p[i]) != text_lower(b.p[i]))
            return (unsigned char)text_lower(a.p[i]) -
                   (unsigned char)text_lower(b.p[i]);
    return (a.n > b.n) - (a.n < b.n);
}

/* Puts a header in its place; false when there is none left. */
static bool
signer_add(struct signer *s, struct slice name, struct slice value)
{
    size_t i = s->n;

    if (s->n == SIGV4_HEADERS_MAX)
        return false;
    for (; i > 0 && name_order(s->header[i - 1].name, name) > 0; i--)
        s->header[i] = s->header[i - 1];
    s->header[i] = (struct http_header){name, value};
    s->n++;
    return true;
}

static bool
signer_add_all(struct signer *s)
{
    const struct sigv4_request *rq = s->rq;
    bool fits = signer_add(s, SLICE("host"), rq->host) &&
                signer_add(s, SLICE("x-amz-date"), s->stamp);

    for (size_t i = 0; i < rq->n_headers && fits; i++)
        fits = signer_add(s, rq->headers[i].name, rq->headers[i].value);
    if (fits && slice_eq(rq->service, SLICE("s3")))
        fits = signer_add(s, SLICE("x-amz-content-sha256"), rq->body_hash);
    if (fits && s->key->token.n > 0)
        fits = signer_add(s, SLICE("x-amz-security-token"), s->key->token);
    return fits;
}

/* Hashes s in pieces, encoded once more or not: S3 signs the path as it is
 * sent, all others sign it with its percent signs encoded again. */
static void
hash_path(struct hash *h, struct slice path, bool again)
{
    char coded[192];
    struct buf b;

    if (path.n == 0)
        path = SLICE("/");
    if (!again)
        hash_put(h, path);
    for (size_t i = 0; again && i < path.n; i += sizeof(coded) / 3) {
        b = buf_over(coded, sizeof(coded));
        uri_put(&b, slice_head(slice_from(path, i), sizeof(coded) / 3), true);
        hash_put(h, buf_slice(&b));
    }
}

/* A query's fields by name and then by value; a name alone gets its '='. */
static bool
hash_query(struct hash *h, struct slice query)
{
    struct http_header field[SIGV4_QUERY_MAX];
    struct slice piece;
    size_t n = 0;

    if (query.n == 0)
        return true;
    while (text_cut(&query, '&', &piece)) {
        size_t eq = slice_chr(piece, '='), i = n++;
        struct http_header f = {slice_head(piece, eq),
                                slice_from(piece, eq + 1)};

        if (n > SIGV4_QUERY_MAX)
            return false;
        for (; i > 0; i--) {
            int d = slice_order(field[i - 1].name, f.name);

            if (d < 0 ||
                (d == 0 && slice_order(field[i - 1].value, f.value) <= 0))
                break;
            field[i] = field[i - 1];
        }
        field[i] = f;
    }
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            hash_put(h, SLICE("&"));
        hash_put(h, field[i].name);
        hash_put(h, SLICE("="));
        hash_put(h, field[i].value);
    }
    return true;
}

/* A value without white space around it, runs of blanks in it as one. */
static void
hash_value(struct hash *h, struct slice value)
{
    struct slice s = text_trim(value);
    size_t from = 0;

    for (size_t i = 1; i < s.n; i++)
        if (s.p[i] == ' ' && s.p[i - 1] == ' ') {
            hash_put(h, slice_of(s.p + from, i - from));
            from = i + 1;
        }
    hash_put(h, slice_from(s, from));
}

static void
hash_lower(struct hash *h, struct slice name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = text_lower(name.p[i]);

        hash_put(h, slice_of(&c, 1));
    }
}

/* "host;x-amz-date", into a hash or a buf. */
static void
put_names(const struct signer *s, struct hash *h, struct buf *b)
{
    for (size_t i = 0; i < s->n; i++) {
        struct slice name = s->header[i].name;

        if (i > 0 && name_order(s->header[i - 1].name, name) == 0)
            continue;
        if (h != NULL) {
            hash_put(h, i > 0 ? SLICE(";") : SLICE(""));
            hash_lower(h, name);
            continue;
        }
        buf_put(b, i > 0 ? SLICE(";") : SLICE(""));
        for (size_t j = 0; j < name.n; j++)
            buf_byte(b, (unsigned char)text_lower(name.p[j]));
    }
}

/* The hash of the canonical request; headers of one name are one line. */
static bool
hash_request(const struct signer *s, char out[HASH_HEX_BYTES])
{
    const struct sigv4_request *rq = s->rq;
    uint8_t sum[HASH_BYTES];
    struct hash h;

    hash_begin(&h);
    hash_put(&h, rq->method);
    hash_put(&h, SLICE("\n"));
    hash_path(&h, rq->path, !slice_eq(rq->service, SLICE("s3")));
    hash_put(&h, SLICE("\n"));
    if (!hash_query(&h, rq->query))
        return false;
    hash_put(&h, SLICE("\n"));
    for (size_t i = 0; i < s->n; i++) {
        bool again =
            i > 0 && name_order(s->header[i - 1].name, s->header[i].name) == 0;

        if (!again)
            hash_lower(&h, s->header[i].name);
        hash_put(&h, again ? SLICE(",") : SLICE(":"));
        hash_value(&h, s->header[i].value);
        if (i + 1 == s->n ||
            name_order(s->header[i].name, s->header[i + 1].name) != 0)
            hash_put(&h, SLICE("\n"));
    }
    hash_put(&h, SLICE("\n"));
    put_names(s, &h, NULL);
    hash_put(&h, SLICE("\n"));
    hash_put(&h, rq->body_hash);
    hash_end(&h, sum);
    hash_hex(sum, out);
    return true;
}

/* The key of this day, region and service; false when the secret is long. */
static bool
derive_key(const struct signer *s, uint8_t key[HASH_BYTES])
{
    char first[4 + SIGV4_SECRET_MAX_BYTES];
    struct buf b = buf_over(first, sizeof(first));
    struct slice derived = slice_of((const char *)key, HASH_BYTES);

    buf_put(&b, SLICE("AWS4"));
    buf_put(&b, s->key->secret);
    if (!b.full) {
        hash_hmac(buf_slice(&b), s->day, key);
        hash_hmac(derived, s->rq->region, key);
        hash_hmac(derived, s->rq->service, key);
        hash_hmac(derived, ending, key);
    }
    explicit_bzero(first, sizeof(first));
    return !b.full;
}

/* "20150830/us-east-1/service/aws4_request" */
static void
put_scope(const struct signer *s, struct buf *b)
{
    buf_fmt(b, "%.*s/%.*s/%.*s/%.*s", SLICE_FMT(s->day),
            SLICE_FMT(s->rq->region), SLICE_FMT(s->rq->service),
            SLICE_FMT(ending));
}

int
sigv4_sign(const struct sigv4_request *rq, const struct sigv4_key *key,
           int64_t now_ms, struct sigv4_signature *out)
{
    struct signer s = {.rq = rq, .key = key};
    char canonical[HASH_HEX_BYTES], hex[HASH_HEX_BYTES], text[512];
    struct buf b = buf_over(text, sizeof(text));
    uint8_t mac[HASH_BYTES];

    when_stamp(now_ms, out->date);
    s.stamp = slice_of(out->date, sizeof(out->date));
    s.day = slice_head(s.stamp, DAY_BYTES);
    if (!signer_add_all(&s) || !hash_request(&s, canonical))
        return ERR_LIMIT;
    buf_fmt(&b, "%.*s\n%.*s\n", SLICE_FMT(algorithm), SLICE_FMT(s.stamp));
    put_scope(&s, &b);
    buf_fmt(&b, "\n%.*s", HASH_HEX_BYTES, canonical);
    if (b.full || !derive_key(&s, mac))
        return ERR_LIMIT;
    hash_hmac(slice_of((const char *)mac, sizeof(mac)), buf_slice(&b), mac);
    hash_hex(mac, hex);
    b = buf_over(out->authorization, sizeof(out->authorization));
    buf_fmt(&b, "%.*s Credential=%.*s/", SLICE_FMT(algorithm),
            SLICE_FMT(key->id));
    put_scope(&s, &b);
    buf_put(&b, SLICE(", SignedHeaders="));
    put_names(&s, NULL, &b);
    buf_fmt(&b, ", Signature=%.*s", HASH_HEX_BYTES, hex);
    out->authorization_n = b.n;
    return b.full ? ERR_LIMIT : 0;
}
