# What every script here shares: a JDK 25, a temp folder that goes away, jars by name, and the verdict.
# Sourced, not run.
set -euo pipefail

skip() { # MESSAGE: this machine cannot show it
  echo "cannot run here: $*" >&2
  exit 2
}

is_jdk_25() { # HOME
  [ -x "$1/bin/javac" ] && grep -qs '^JAVA_VERSION="25[".]' "$1/release"
}

path_jdk() {
  local java
  java=$(command -v java) || return 1
  java=$(readlink -f "$java")
  (cd "$(dirname "$java")/.." && pwd -P)
}

find_jdk() {
  local home
  for home in "${JAVA_HOME:-}" "${JAVA25_HOME:-}" "$(path_jdk || true)" /usr/lib/jvm/* /usr/lib64/jvm/* /opt/jdk*; do
    if [ -n "$home" ] && is_jdk_25 "$home"; then
      jdk=$home
      return
    fi
  done
  skip "no JDK 25 in JAVA_HOME, on the PATH or in /usr/lib/jvm"
}

find_jdk
work=$(mktemp -d "${TMPDIR:-/tmp}/finding.XXXXXX")
started=() # process ids that this script started and has to end

clean_up() {
  local pid
  for pid in "${started[@]}"; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

need() { # TOOL PACKAGE
  command -v "$1" >/dev/null || skip "needs $1 (Debian package $2)"
}

# jars GROUP:ARTIFACT:VERSION[:CLASSIFIER]...: these and all they need, in $work/jars
jars() {
  command -v mvn >/dev/null || skip "needs Maven"
  local g a v c
  {
    echo '<project><modelVersion>4.0.0</modelVersion><groupId>f</groupId><artifactId>f</artifactId>'
    echo '<version>1</version><dependencies>'
    for name in "$@"; do
      IFS=: read -r g a v c <<<"$name"
      echo "<dependency><groupId>$g</groupId><artifactId>$a</artifactId><version>$v</version>"
      [ -z "$c" ] || echo "<classifier>$c</classifier>"
      echo '</dependency>'
    done
    echo '</dependencies></project>'
  } >"$work/jars.xml"
  mvn -B -q -f "$work/jars.xml" org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies \
    -DoutputDirectory="$work/jars" >"$work/mvn.log" 2>&1 || skip "Maven could not get $*: $(tail -n 3 "$work/mvn.log")"
}

# program NAME: reads NAME.java from standard input and compiles it
program() {
  cat >"$work/$1.java"
  "$jdk/bin/javac" -proc:none -nowarn -cp "$work/jars/*" -d "$work/classes" "$work/$1.java"
}

java_run() { # [JVM option]... NAME [argument]...
  "$jdk/bin/java" -cp "$work/classes:$work/jars/*" "$@"
}

# The same in the background, ended with the script. (The process itself, not a shell around it.)
java_start() {
  "$jdk/bin/java" -cp "$work/classes:$work/jars/*" "$@" &
  started+=($!)
}

await_port() { # PORT
  local i
  for ((i = 0; i < 300; i++)); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; then
      return
    fi
    sleep 0.1
  done
  echo "nobody listens on port $1" >&2
  exit 1
}


# seen FILE PATTERN...: the finding holds while each extended regular expression matches a line of FILE
seen() {
  local file=$1 pattern
  shift
  cat "$file"
  for pattern in "$@"; do
    if ! grep -Eq -- "$pattern" "$file"; then
      echo "CHANGED: no line matches: $pattern" >&2
      exit 1
    fi
  done
  echo "as found"
}

# A port of loopback that nobody listens on, below the kernel's own choice of ports.
free_port() {
  local port
  while true; do
    port=$((20000 + RANDOM % 10000))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
  done
  echo "$port"
}

# A key and a certificate for 127.0.0.1: $work/key.pem and $work/cert.pem
certificate() {
  need openssl openssl
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=localhost \
    -addext subjectAltName=IP:127.0.0.1 -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null
}

# nginx_run: starts nginx with the server blocks on standard input, paths relative to $work
nginx_run() {
  PATH=$PATH:/usr/sbin need nginx nginx-light
  {
    echo "daemon off; worker_processes 1; pid $work/nginx.pid; error_log $work/nginx.log warn;"
    echo "events { worker_connections 2048; } http { access_log off;"
    for kind in client_body proxy fastcgi uwsgi scgi; do
      echo "${kind}_temp_path $work/nginx.$kind;"
    done
    cat
    echo "}"
  } >"$work/nginx.conf"
  [ "$(id -u)" != 0 ] || chmod 755 "$work"
  PATH=$PATH:/usr/sbin nginx -p "$work" -e "$work/nginx.log" -c "$work/nginx.conf" &
  started+=($!)
}
