#!/bin/sh
# Makes a Debian package of a binary that is already built. Needs dpkg-deb.
#
#   packaging/deb/build.sh target/release/tollgate target/
set -eu

binary=$1
out=$2
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
packaging=$(dirname -- "$here")
version=$("$binary" --version | awk '{print $NF}')
arch=$(dpkg --print-architecture)

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 0755 "$root"

install -D -m 0755 "$binary" "$root/usr/bin/tollgate"
install -D -m 0644 "$packaging/config.yaml" "$root/etc/tollgate/config.yaml"
install -D -m 0600 "$packaging/systemd/tollgate.env" "$root/etc/tollgate/tollgate.env"
install -D -m 0644 "$packaging/systemd/tollgate.service" "$root/lib/systemd/system/tollgate.service"
install -D -m 0644 "$packaging/../LICENSE" "$root/usr/share/doc/tollgate/copyright"
install -d "$root/usr/share/bash-completion/completions" "$root/usr/share/zsh/vendor-completions"
"$binary" completion bash > "$root/usr/share/bash-completion/completions/tollgate"
"$binary" completion zsh > "$root/usr/share/zsh/vendor-completions/_tollgate"

# What the binary is linked with, said as Debian's packages say it.
needs=
if command -v dpkg-shlibdeps > /dev/null; then
    mkdir -p "$root/debian"
    : > "$root/debian/control"
    needs=$(cd "$root" && dpkg-shlibdeps -O usr/bin/tollgate 2> /dev/null | sed -n 's/^shlibs:Depends=//p' || true)
    rm -r "$root/debian"
fi
[ -n "$needs" ] || needs='libc6, libgcc-s1'
if ! ldd "$binary" > /dev/null 2>&1; then needs=; fi

mkdir "$root/DEBIAN"
{
    echo "Package: tollgate"
    echo "Version: $version"
    echo "Architecture: $arch"
    echo "Maintainer: The Tollgate authors <tollgate@localhost>"
    echo "Section: net"
    echo "Priority: optional"
    echo "Installed-Size: $(du -sk --exclude=DEBIAN "$root" | cut -f1)"
    echo "Depends: ${needs:+$needs, }adduser, ca-certificates"
    echo "Description: OpenTelemetry Collector for AI agents"
    echo " Receives OTLP from agents, SDKs and gateways, counts tokens and cost, takes"
    echo " private data out, judges runs by objectives, and sends OTLP on."
} > "$root/DEBIAN/control"
printf '/etc/tollgate/config.yaml\n/etc/tollgate/tollgate.env\n' > "$root/DEBIAN/conffiles"
for script in postinst prerm postrm; do
    install -m 0755 "$here/$script" "$root/DEBIAN/$script"
done

mkdir -p "$out"
# shellcheck disable=SC2086 # options are words
dpkg-deb ${DPKG_DEB_OPTIONS:-} --root-owner-group --build "$root" "$out/tollgate_${version}_${arch}.deb"
