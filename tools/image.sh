#!/bin/sh
# image.sh BINARY FOLDER ARCH VERSION: the image tfdrift:VERSION (of another
# architecture than this machine's: tfdrift:VERSION-ARCH), by whichever of
# podman, buildah and docker is there; needs no network.
set -eu
binary=$1 folder=$2 arch=$3 version=$4

bundle=/etc/ssl/certs/ca-certificates.crt
[ -s "$bundle" ] || {
	echo "image: $bundle is missing (package ca-certificates)" >&2
	exit 1
}
case $(uname -m) in
aarch64) here=arm64 ;;
*) here=amd64 ;;
esac
tag=tfdrift:$version
[ "$arch" = "$here" ] || tag=$tag-$arch

rm -rf "$folder"
install -d "$folder/root/etc/ssl/certs" "$folder/root/var/lib" "$folder/state"
install -m 0755 "$binary" "$folder/root/tfdrift"
install -m 0644 "$bundle" "$folder/root/etc/ssl/certs/ca-certificates.crt"

set -- -f docker/Containerfile --build-arg "VERSION=$version" \
	--platform "linux/$arch" -t "$tag"
# Docker's format: OCI's own has no place for a health check.  One layer, and
# no times in it: the same files give the same layer.
buildah_flags='--format docker --layers=false --timestamp 0'
if command -v podman >/dev/null; then
	podman build -q $buildah_flags "$@" "$folder" >/dev/null
	size=$(podman image inspect --format '{{.Size}}' "$tag")
elif command -v buildah >/dev/null; then
	buildah build -q $buildah_flags "$@" "$folder" >/dev/null
	size=$(buildah inspect --type image --format '{{.Docker.Size}}' "$tag")
elif docker info >/dev/null 2>&1; then
	docker build -q "$@" "$folder" >/dev/null
	size=$(docker image inspect --format '{{.Size}}' "$tag")
else
	echo "image: none of podman, buildah and docker works here" >&2
	exit 1
fi
echo "$tag: $size bytes"
