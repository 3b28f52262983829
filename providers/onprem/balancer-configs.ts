/**
 * What a load balancer of the customer's own has to do in front of the masters, as complete configurations of nginx and of
 * HAProxy. It ends TLS for the main name, and for TURN's own name if there is one; the two are told apart by SNI.
 * Sources: reference/onprem-v2-reference.md A.5 (what goes where, timeouts, health checks), https://nginx.org/en/docs/
 * (ngx_stream_ssl_preread_module, ngx_http_upstream_module), https://docs.haproxy.org/2.6/configuration.html.
 */
import type { OnPremises } from "../../components/on-premises";
import { formatPorts, type PortRange, ports } from "../../openvidu/ports";
import type { Listener } from "../../openvidu/entry";

/** Signalling of a quiet room says nothing for a long time. */
const idle = "3600s";
const connect = "10s";

interface Backend {
  readonly name: "api" | "turn" | "rtmp";
  readonly port: PortRange;
}

function backendsOf({ turnDomain }: OnPremises, listeners: readonly Listener[]): readonly Backend[] {
  return [
    { name: "api", port: ports.livekitApi },
    ...(turnDomain === undefined ? [] : [{ name: "turn", port: ports.turnTls } as const]),
    ...(listeners.some(({ name }) => name === "rtmps") ? [{ name: "rtmp", port: ports.rtmpBalanced } as const] : []),
  ];
}

interface Master {
  readonly name: string;
  readonly address: string;
}

function mastersOf({ hosts }: OnPremises): readonly Master[] {
  return hosts.filter(({ role }) => role === "master").map(({ name, privateAddress: address }) => ({ name, address }));
}

const indent = (text: string, by: number): string => text.replaceAll(/^(?=.)/gm, " ".repeat(by));

/** A configuration for nginx 1.19.4 or later with the stream module. */
export function nginxConfig(onPremises: OnPremises, listeners: readonly Listener[]): string {
  const { domain, turnDomain } = onPremises;
  const backends = backendsOf(onPremises, listeners);
  const upstream = ({ name, port }: Backend): string => {
    const servers = mastersOf(onPremises).map(
      ({ address }) => `  server ${address}:${formatPorts(port)} max_fails=2 fail_timeout=10s;`,
    );
    const keep = name === "api" ? "  keepalive 64;\n" : "";
    return `upstream masters_${name} {\n  zone masters_${name} 64k;\n  least_conn;\n${servers.join("\n")}\n${keep}}\n`;
  };
  const streams = backends.filter(({ name }) => name !== "api");
  const stream = [
    ...streams.map(upstream),
    ...(turnDomain === undefined ? [] : [nginxNames(domain, turnDomain), nginxTurn(turnDomain)]),
    ...(streams.some(({ name }) => name === "rtmp") ? [nginxRtmps(domain)] : []),
  ];
  return `# OpenVidu behind nginx. Put it at /etc/nginx/nginx.conf, certificates with their chains at
# /etc/nginx/ssl/<name>.crt and their keys at /etc/nginx/ssl/<name>.key.
# nginx has no health checks of its own but in its commercial edition: a master that fails two requests is left out for
# ten seconds. HAProxy asks every master for ${"/health/caddy"}.
include /etc/nginx/modules-enabled/*.conf;
worker_processes auto;
worker_rlimit_nofile 65536;
events {
  worker_connections 10240;
}

http {
  server_tokens off;
${indent(upstream(backends[0]!), 2)}
  map $http_upgrade $connection_upgrade {
    default upgrade;
    "" "";
  }
  server {
    listen ${formatPorts(ports.http)} default_server;
    return 301 https://$host$request_uri;
  }
${indent(nginxApi(domain, turnDomain !== undefined), 2)}}
${stream.length === 0 ? "" : `\nstream {\n${indent(stream.join("\n"), 2)}}\n`}`;
}

/** Behind the stream listener, which tells names apart, or on the public port itself. */
const apiSocket = "unix:/run/openvidu-api.sock";
const turnSocket = "unix:/run/openvidu-turn.sock";

const nginxTls = (name: string): string =>
  `ssl_certificate /etc/nginx/ssl/${name}.crt;\nssl_certificate_key /etc/nginx/ssl/${name}.key;\nssl_protocols TLSv1.2 TLSv1.3;`;

function nginxApi(domain: string, isBehindStream: boolean): string {
  const listen = isBehindStream ? `${apiSocket} ssl proxy_protocol` : `${formatPorts(ports.https)} ssl`;
  const realIp = isBehindStream ? "  set_real_ip_from unix:;\n  real_ip_header proxy_protocol;\n" : "";
  return `server {
  listen ${listen} default_server;
  ssl_reject_handshake on;
}
server {
  listen ${listen};
  server_name ${domain};
${indent(nginxTls(domain), 2)}
${realIp}  client_max_body_size 0;
  location / {
    proxy_pass http://masters_api;
    proxy_http_version 1.1;
    proxy_set_header Host $host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $connection_upgrade;
    proxy_set_header X-Real-IP $remote_addr;
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Proto https;
    proxy_buffering off;
    proxy_request_buffering off;
    proxy_connect_timeout ${connect};
    proxy_read_timeout ${idle};
    proxy_send_timeout ${idle};
    proxy_next_upstream error timeout http_502 http_503;
  }
}
`;
}

function nginxNames(domain: string, turnDomain: string): string {
  return `map $ssl_preread_server_name $names_server {
  ${turnDomain} ${turnSocket};
  ${domain} ${apiSocket};
  default ${apiSocket};
}
server {
  listen ${formatPorts(ports.https)};
  ssl_preread on;
  proxy_pass $names_server;
  proxy_protocol on;
  proxy_connect_timeout ${connect};
  proxy_timeout ${idle};
}
`;
}

function nginxTurn(turnDomain: string): string {
  return `server {
  listen ${turnSocket} ssl proxy_protocol;
${indent(nginxTls(turnDomain), 2)}
  proxy_pass masters_turn;
  proxy_connect_timeout ${connect};
  proxy_timeout ${idle};
}
`;
}

function nginxRtmps(domain: string): string {
  return `server {
  listen ${formatPorts(ports.rtmps)} ssl;
${indent(nginxTls(domain), 2)}
  proxy_pass masters_rtmp;
  proxy_connect_timeout ${connect};
  proxy_timeout ${idle};
}
`;
}

/** A configuration for HAProxy 2.2 or later. */
export function haproxyConfig(onPremises: OnPremises, listeners: readonly Listener[]): string {
  const { domain, turnDomain } = onPremises;
  const backends = backendsOf(onPremises, listeners);
  const { healthCheck } = listeners[0]!;
  const servers = (port: PortRange): string =>
    mastersOf(onPremises)
      .map(({ name, address }) => `  server ${name} ${address}:${formatPorts(port)} check port ${healthCheck.port}`)
      .join("\n");
  const { intervalSeconds, unhealthyThreshold, healthyThreshold, timeoutSeconds, path, status } = healthCheck;
  const checks = `  balance leastconn
  option httpchk
  http-check send meth GET uri ${path}
  http-check expect status ${status}
  timeout check ${timeoutSeconds}s
  default-server inter ${intervalSeconds}s fall ${unhealthyThreshold} rise ${healthyThreshold} on-marked-down shutdown-sessions`;
  const backend = ({ name, port }: Backend): string =>
    `backend masters_${name}\n  mode ${name === "api" ? "http" : "tcp"}\n${checks}\n${servers(port)}\n`;
  const parts = [
    haproxyApi(domain, turnDomain),
    ...(turnDomain === undefined ? [] : [haproxyTurn(turnDomain)]),
    ...(backends.some(({ name }) => name === "rtmp") ? [haproxyRtmps(domain)] : []),
    ...backends.map(backend),
  ];
  return `# OpenVidu behind HAProxy. Put it at /etc/haproxy/haproxy.cfg, certificates with their chains and keys, one file each, at
# /etc/haproxy/certs/<name>.pem.
global
  log /dev/log local0
  maxconn 20000
  ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets

defaults
  log global
  mode tcp
  option dontlognull
  maxconn 20000
  timeout connect ${connect}
  timeout client ${idle}
  timeout server ${idle}
  timeout tunnel ${idle}
  timeout http-request 30s

frontend http
  mode http
  bind :${formatPorts(ports.http)}
  http-request redirect scheme https code 301

${parts.join("\n")}`;
}

const haproxyCertificate = (name: string): string => `ssl crt /etc/haproxy/certs/${name}.pem`;

function haproxyApi(domain: string, turnDomain: string | undefined): string {
  const web = `  mode http
  option forwardfor
  http-request set-header X-Forwarded-Proto https
  http-request set-header X-Real-IP %[src]
  default_backend masters_api
`;
  const https = `:${formatPorts(ports.https)}`;
  if (turnDomain === undefined) {
    return `frontend https\n  bind ${https} ${haproxyCertificate(domain)} strict-sni alpn http/1.1\n${web}`;
  }
  return `frontend https
  bind ${https}
  tcp-request inspect-delay 5s
  tcp-request content accept if { req.ssl_hello_type 1 }
  use_backend turn_tls if { req.ssl_sni -i ${turnDomain} }
  use_backend api_tls if { req.ssl_sni -i ${domain} }

backend api_tls
  server api abns@openvidu-api send-proxy-v2

backend turn_tls
  server turn abns@openvidu-turn send-proxy-v2

frontend api
  bind abns@openvidu-api accept-proxy ${haproxyCertificate(domain)} alpn http/1.1
${web}`;
}

function haproxyTurn(turnDomain: string): string {
  return `frontend turn
  bind abns@openvidu-turn accept-proxy ${haproxyCertificate(turnDomain)}
  default_backend masters_turn
`;
}

function haproxyRtmps(domain: string): string {
  return `frontend rtmps
  bind :${formatPorts(ports.rtmps)} ${haproxyCertificate(domain)}
  default_backend masters_rtmp
`;
}
