# How third parties are built: which of their files, with which flags.  Their
# warnings are theirs.  They are compiled for size, but for the loop of zlib
# through which whole inputs go.

THIRD := $(BUILD)/third_party

# A TLS client and the hashes of signatures and states; what of these files
# nobody calls, the linker leaves out.
MBEDTLS_USED := aes aesce aesni asn1parse asn1write base64 bignum bignum_core \
  cipher cipher_wrap constant_time ecdh ecdsa ecp ecp_curves gcm hkdf md md5 \
  memory_buffer_alloc oid pk pk_ecc pk_wrap pkparse platform platform_util \
  psa_crypto psa_crypto_aead psa_crypto_cipher psa_crypto_client \
  psa_crypto_driver_wrappers_no_static psa_crypto_ecp psa_crypto_hash \
  psa_crypto_mac psa_crypto_rsa psa_crypto_slot_management psa_util rsa \
  rsa_alt_helpers sha1 sha256 sha512 ssl_ciphersuites ssl_client ssl_msg \
  ssl_tls ssl_tls12_client ssl_tls13_client ssl_tls13_generic ssl_tls13_keys \
  threading x509 x509_crt
THIRD_USED := $(MBEDTLS_USED:%=mbedtls/library/%.o) inih/ini.o \
  $(patsubst %,zlib/%.o,adler32 crc32 inffast inflate inftrees zutil)

# What our own code sees of them too; -isystem keeps their warnings out.
# ini.c keeps a line on the stack: 4096 bytes hold a list of ARNs or a URL.
THIRD_INCLUDES := -Ithird_party -isystem $(THIRD)/mbedtls/include \
  -isystem $(THIRD)/jsmn -isystem $(THIRD)/inih -isystem $(THIRD)/zlib \
  -isystem $(THIRD)/falco/userspace \
  -DMBEDTLS_CONFIG_FILE='<mbedtls_config.h>' -DZ_SOLO -DINI_USE_STACK=1 \
  -DINI_MAX_LINE=4096 -DINI_ALLOW_MULTILINE=0 -DINI_STOP_ON_FIRST_ERROR=1 \
  -DINI_HANDLER_LINENO=1
THIRD_CFLAGS = -w $(THIRD_INCLUDES) $(if $(filter zlib/inffast,$*),-O2,-Oz)

$(THIRD)/.done: third_party/versions.lock third_party/fetch.sh | packages
	third_party/fetch.sh $(THIRD) $(TARBALLS)
	@touch $@
