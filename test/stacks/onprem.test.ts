/**
 * Configs of clusters on the customer's own machines: what is refused, in which words, and what is made of the rest.
 */
import assert from "node:assert/strict";
import type { ClusterSettings, SecretKey } from "../../stacks/settings";
import { certificateKey, check, clusterSettings, dnsZone, hostKey, hosts, lines, secrets, sshKey } from "./configs";

type Changes = Readonly<Record<string, unknown>>;

/** The machines with some of them changed, by their place in the list. */
function hostsWith(changes: Readonly<Record<number, Readonly<Record<string, unknown>>>>, media = 2): unknown[] {
  return hosts(media).map((host, i) => {
    const merged: Record<string, unknown> = { ...host, ...changes[i] };
    return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
  });
}

/** The same for Elastic: its only master is number 3 of the list above, which keeps its addresses. */
function elastic(changes: Changes = {}, master: Readonly<Record<string, unknown>> = {}, media = 2): Changes {
  return { edition: "elastic", hosts: hostsWith({ 3: master }, media).slice(3), ...changes };
}

const balancer = (kind: "loadBalancer" | "passthrough"): Changes => ({
  kind,
  address: "198.51.100.10",
  sourceCidrs: ["10.5.0.5/32"],
});
const s3 = {
  endpoint: "https://s3.example.com",
  accessKeyId: "openvidu",
  appDataBucket: "app",
  clusterDataBucket: "data",
};
const { clusterDataBucket: _, ...s3OfOneMaster } = s3;
const chain = Buffer.from("-----BEGIN CERTIFICATE-----\nnothing\n-----END CERTIFICATE-----\n").toString("base64");

interface Refusal {
  readonly name: string;
  readonly changes: Changes;
  readonly given?: Partial<Record<SecretKey, string | undefined>>;
  readonly says: readonly string[];
}

/* prettier-ignore */
const refusals: readonly Refusal[] = [
  { name: "no domain", changes: { domain: undefined }, says: ['domain: is missing; it must be a full domain name in lower case, such as "video.example.com"'] },
  { name: "no machines", changes: { hosts: undefined }, says: ["hosts: is missing; it must be a list of 4 to 200 machines"] },
  { name: "three machines", changes: { hosts: hosts(0).slice(0, 3) }, says: ["hosts: a list of 3 is given; it must be a list of 4 to 200 machines"] },
  { name: "five masters", changes: { hosts: hostsWith({ 4: { role: "master" } }) }, says: ["hosts: has 5 masters; High Availability has exactly 4"] },
  { name: "three masters", changes: { hosts: hostsWith({ 0: { role: "media" } }) }, says: ["hosts: has 3 masters; High Availability has exactly 4"] },
  { name: "a role that is none", changes: { hosts: hostsWith({ 4: { role: "worker" } }) }, says: ['hosts[4].role: "worker" must be "master" or "media"'] },
  { name: "no host key", changes: { hosts: hostsWith({ 4: { hostKey: undefined } }) }, says: ['hosts[4].hostKey: is missing; it must be one line of an OpenSSH host key, beginning with "ssh-ed25519", "ecdsa-sha2-nistp256" or "ssh-rsa"'] },
  { name: "a host key with its address before it", changes: { hosts: hostsWith({ 4: { hostKey: `10.5.0.15 ${hostKey(4)}` } }) }, says: [`hosts[4].hostKey: "10.5.0.15 ${hostKey(4)}`.slice(0, 90)] },
  { name: "the same host key twice", changes: { hosts: hostsWith({ 4: { hostKey: hostKey(1) } }) }, says: [`hosts: two machines have the same host key, as copies of one disk do; make new ones with \`ssh-keygen -A\`: "${hostKey(1).slice(0, 60)}"`] },
  { name: "the same host key twice, with other comments", changes: { hosts: hostsWith({ 4: { hostKey: `${hostKey(1)} root@a` } }) }, says: [`hosts: two machines have the same host key, as copies of one disk do; make new ones with \`ssh-keygen -A\`: "${hostKey(1).slice(0, 60)}"`] },
  { name: "the same private address twice", changes: { hosts: hostsWith({ 5: { privateAddress: "10.5.0.11" } }) }, says: ['hosts: two machines have the private address "10.5.0.11"'] },
  { name: "the same machine twice", changes: { hosts: hostsWith({ 5: { address: "198.51.100.11", name: "other" } }) }, says: ['hosts: two machines are reached at "198.51.100.11:22"'] },
  { name: "two machines of one name", changes: { hosts: hostsWith({ 4: { name: "a" }, 5: { name: "a" } }) }, says: ['hosts: two machines have the name "a"'] },
  { name: "a media node with the name of a master", changes: { hosts: hostsWith({ 4: { name: "master-2" } }) }, says: ['hosts: "master-2" is the name of a media node; it must not be that of a master'] },
  { name: "a name with blanks", changes: { hosts: hostsWith({ 4: { name: "my node" } }) }, says: ['hosts[4].name: "my node" must be a name of lower-case letters and digits, with single hyphens inside'] },
  { name: "an address with a wildcard", changes: { hosts: hostsWith({ 4: { address: "10.5.0.*" } }) }, says: ['hosts[4].address: "10.5.0.*" must be an IPv4 address or a host name'] },
  { name: "an address that is none", changes: { hosts: hostsWith({ 4: { address: "10.5.0.300" } }) }, says: ['hosts[4].address: "10.5.0.300" is not an IPv4 address'] },
  { name: "a private address that is none", changes: { hosts: hostsWith({ 4: { privateAddress: "10.5.0.256" } }) }, says: ['hosts[4].privateAddress: "10.5.0.256" is not an IPv4 address'] },
  { name: "a name without a private address", changes: { hosts: hostsWith({ 4: { address: "node.example.com", privateAddress: undefined } }) }, says: ['hosts[4].privateAddress: is missing; the name "node.example.com" may lead elsewhere one day'] },
  { name: "a master's name without a public address", changes: { hosts: hostsWith({ 1: { address: "master.example.com" } }) }, says: ["hosts[1].publicAddress: is missing; DNS round robin leads clients to the masters' own addresses"] },
  { name: "an SSH user with a shell character", changes: { hosts: hostsWith({ 4: { user: "me;id" } }) }, says: ['hosts[4].user: "me;id" must be the name of a Linux user'] },
  { name: "an SSH port out of range", changes: { hosts: hostsWith({ 4: { port: 70000 } }) }, says: ["hosts[4].port: 70000 must be a whole number from 1 to 65535"] },
  { name: "a key of a machine that is none", changes: { hosts: hostsWith({ 4: { password: "x" } }) }, says: ["hosts[4].password: is not a known key; known here: role, address, hostKey, name, user, port, privateAddress, publicAddress, failureDomain"] },
  { name: "a key of a cloud", changes: { region: "eu-west-1" }, says: ["region: belongs to aws, but this stack is on onprem; remove it"] },
  { name: "a version latest", changes: { version: "latest" }, says: ['version: "latest" is refused, because a stack names its release; use "3.8.0"'] },

  { name: "an entry without a load balancer's addresses", changes: { entry: { kind: "loadBalancer" } }, says: ["entry.address: is missing; it must be an IPv4 address or a host name", "entry.sourceCidrs: is missing; it must be a list of 1 to 20 IPv4 ranges"] },
  { name: "an unknown entry", changes: { entry: { kind: "anycast" } }, says: ['entry.kind: "anycast" must be "dns", "loadBalancer" or "passthrough"'] },
  { name: "a source range with host bits", changes: { entry: { ...balancer("passthrough"), sourceCidrs: ["10.5.0.5/24"] } }, says: ['entry.sourceCidrs[0]: "10.5.0.5/24" has host bits set; did you mean 10.5.0.0/24'] },
  { name: "a certificate beside that of a load balancer", changes: { entry: balancer("loadBalancer"), certificate: { kind: "letsencrypt" } }, says: ['certificate: has no use with entry kind "loadBalancer": that load balancer has the certificate; remove it'] },
  { name: "ZeroSSL", changes: { certificate: { kind: "zerossl" } }, says: ['certificate.kind: "zerossl" is not offered: OpenVidu\'s wizard has ZeroSSL, but neither its installer flag nor the flag of its API key is documented; use "letsencrypt", or a certificate of ZeroSSL as "owncert"'] },
  { name: "a certificate of AWS", changes: { certificate: { kind: "acm" } }, says: ['certificate.kind: "acm" is a certificate of AWS; use "letsencrypt", "owncert" or "selfsigned"'] },
  { name: "TURN's own domain where it uses the main one", changes: { turn: { domain: "turn.example.com" } }, says: ['turn.domain: has no use in 3.8.0: since OpenVidu 3.6.0 TURN over TLS uses the main domain unless entry kind is "loadBalancer"; remove openvidu:turn, or set openvidu:version to 3.5.0'] },
  { name: "TURN's own domain behind a passthrough load balancer", changes: { turn: { domain: "turn.example.com" }, entry: balancer("passthrough") }, says: ['turn.domain: has no use in 3.8.0: since OpenVidu 3.6.0 TURN over TLS uses the main domain unless entry kind is "loadBalancer"; remove openvidu:turn, or set openvidu:version to 3.5.0'] },
  { name: "TURN's own domain of Elastic, which has no entry", changes: elastic({ turn: { domain: "turn.example.com" } }), says: ["turn.domain: has no use in 3.8.0: since OpenVidu 3.6.0 TURN over TLS uses the main domain; remove openvidu:turn, or set openvidu:version to 3.5.0"] },
  { name: "TURN's own chain behind a load balancer that ends TLS", changes: { turn: { domain: "turn.example.com", chain }, entry: balancer("loadBalancer") }, says: ['turn.chain: has no use with entry kind "loadBalancer"; remove it'] },
  { name: "a private key behind a load balancer that ends TLS", changes: { entry: balancer("loadBalancer") }, given: { sshPrivateKey: sshKey, certificatePrivateKey: certificateKey }, says: ['certificatePrivateKey: has no use with entry kind "loadBalancer"; remove it'] },
  { name: "TURN under the main domain's name", changes: { turn: { domain: "video.example.com" }, entry: balancer("loadBalancer") }, says: ["turn.domain: must be another name than openvidu:domain"] },
  { name: "a DNS zone of another domain", changes: { dns: { kind: "azure-dns", zoneId: dnsZone }, domain: "video.example.org" }, says: ['dns.zoneId: is the zone "example.com", to which the domain "video.example.org" does not belong'] },

  { name: "an applied firewall that lets nobody in", changes: { firewall: { apply: "nftables" } }, says: ["access.operatorCidrs: is missing; firewalls that are applied would lock the deployer out: give his ranges"] },
  { name: "an unknown firewall", changes: { firewall: { apply: "iptables" } }, says: ['firewall.apply: "iptables" must be "print", "nftables" or "ufw"'] },
  { name: "an operator's range that is none", changes: { "access.operatorCidrs": ["203.0.113.1/24"] }, says: ['access.operatorCidrs[0]: "203.0.113.1/24" has host bits set; did you mean 203.0.113.0/24'] },
  { name: "storage without its secret key", changes: { storage: { s3 } }, says: ['s3SecretKey: is missing; openvidu:storage.s3 needs it: run "pulumi config set --secret -s acme s3SecretKey"'] },
  { name: "a secret key without storage", changes: {}, given: { sshPrivateKey: sshKey, s3SecretKey: "abc" }, says: ["s3SecretKey: has no use without openvidu:storage.s3; remove one of them"] },
  { name: "storage without a place for observability", changes: { storage: { s3: { ...s3, clusterDataBucket: undefined } } }, given: { sshPrivateKey: sshKey, s3SecretKey: "abc" }, says: ["storage.s3.clusterDataBucket: is missing; the module observability keeps its data there"] },
  { name: "one bucket for everything", changes: { storage: { s3: { ...s3, clusterDataBucket: "app" } } }, given: { sshPrivateKey: sshKey, s3SecretKey: "abc" }, says: ["storage.s3.clusterDataBucket: must be another bucket than appDataBucket"] },
  { name: "an S3 address with a path", changes: { storage: { s3: { ...s3, endpoint: "https://s3.example.com/x" } } }, given: { sshPrivateKey: sshKey, s3SecretKey: "abc" }, says: ['storage.s3.endpoint: "https://s3.example.com/x" must be an address such as "https://s3.example.com"'] },
  { name: "no SSH key", changes: {}, given: {}, says: ['sshPrivateKey: is missing; run "pulumi config set --secret -s acme sshPrivateKey < <file>", or set openvidu:ssh.agent to true'] },
  { name: "an SSH key beside an agent", changes: { ssh: { agent: true } }, says: ["sshPrivateKey: has no use while openvidu:ssh.agent is true; remove one of them"] },
  { name: "a public SSH key", changes: {}, given: { sshPrivateKey: hostKey(9) }, says: ["sshPrivateKey: the value must be a private SSH key without a passphrase, from the line with BEGIN to the line with END"] },
  { name: "a database's address with a quote", changes: {}, given: { sshPrivateKey: sshKey, mongoUri: 'mongodb://a"b' }, says: ['mongoUri: the value must be an address that begins with "mongodb://" or "mongodb+srv://" and has no blanks or quotes'] },
  { name: "flags that have a key of their own", changes: { installFlags: ["--turn-domain-name=turn.example.com", "--forceUTCTimezone", "--debug"] }, says: ['installFlags[0]: "--turn-domain-name" is set by the program itself; use openvidu:turn.domain', 'installFlags[1]: "--forceUTCTimezone" is set by the program itself; use openvidu:utc'] },
  { name: "a flag with a wildcard", changes: { installFlags: ["--name=*"] }, says: ['installFlags[0]: "--name=*" must be an installer flag such as "--name=value", of letters, digits and = _ . -'] },
  { name: "an own certificate without its key", changes: { certificate: { kind: "owncert", chain } }, says: ["certificate.chain: holds something that is not an X.509 certificate", 'certificatePrivateKey: is missing; certificate kind "owncert" needs it: run "pulumi config set --secret -s acme certificatePrivateKey"'] },
  { name: "several things at once", changes: { hosts: hostsWith({ 0: { role: "media" }, 5: { privateAddress: "10.5.0.12" } }), firewall: { apply: "ufw" } }, given: {}, says: ["hosts: has 3 masters; High Availability has exactly 4", 'hosts: two machines have the private address "10.5.0.12"', "access.operatorCidrs: is missing; firewalls that are applied would lock the deployer out: give his ranges", 'sshPrivateKey: is missing; run "pulumi config set --secret -s acme sshPrivateKey < <file>", or set openvidu:ssh.agent to true'] },

  { name: "Elastic with a second master", changes: elastic({ hosts: hosts(2).slice(2) }), says: ["hosts: has 2 masters; Elastic has exactly 1"] },
  { name: "Elastic with the masters of High Availability", changes: { edition: "elastic" }, says: ["hosts: has 4 masters; Elastic has exactly 1"] },
  { name: "Elastic without a master", changes: elastic({ hosts: hosts(2).slice(4) }), says: ["hosts: has 0 masters; Elastic has exactly 1"] },
  { name: "Elastic without machines", changes: elastic({ hosts: [] }), says: ["hosts: a list of 0 is given; it must be a list of 1 to 200 machines"] },
  { name: "Elastic with an entry", changes: elastic({ entry: { kind: "dns" } }), says: ['entry: belongs to edition "ha", but this stack has "elastic"; remove it'] },
  { name: "Elastic behind a load balancer", changes: elastic({ entry: balancer("passthrough") }), says: ['entry: belongs to edition "ha", but this stack has "elastic"; remove it'] },
  { name: "Elastic by a name that only the deployer knows", changes: elastic({}, { address: "master.example.com" }), says: ["hosts[0].publicAddress: is missing; clients come to the master itself"] },
  { name: "Elastic without a domain and a public address", changes: elastic({ domain: undefined }, { address: "10.5.0.14" }), says: ["hosts[0].publicAddress: is missing; without openvidu:domain the cluster is called by the master's public address, and \"10.5.0.14\" leads nowhere from outside"] },
  { name: "Elastic without a domain and with a private address in place of the public one", changes: elastic({ domain: undefined }, { publicAddress: "192.168.1.14" }), says: ["hosts[0].publicAddress: is missing; without openvidu:domain the cluster is called by the master's public address, and \"192.168.1.14\" leads nowhere from outside"] },
  { name: "Elastic of 3.7 without a domain and a public address", changes: elastic({ domain: undefined, version: "3.7.0" }, { address: "172.31.0.14" }), says: ["hosts[0].publicAddress: is missing; without openvidu:domain the cluster is called by the master's public address, and \"172.31.0.14\" leads nowhere from outside"] },
  { name: "Elastic without a domain, behind a provider's translation of addresses", changes: elastic({ domain: undefined }, { address: "100.64.3.4" }), says: ["hosts[0].publicAddress: is missing; without openvidu:domain the cluster is called by the master's public address, and \"100.64.3.4\" leads nowhere from outside"] },
  { name: "Elastic without a domain, with a certificate that somebody has to issue and the address of the machine itself", changes: elastic({ domain: undefined, certificate: { kind: "letsencrypt" } }, { publicAddress: "127.0.0.1" }), says: ["hosts[0].publicAddress: is missing; without openvidu:domain the cluster is called by the master's public address, and \"127.0.0.1\" leads nowhere from outside"] },
  { name: "Elastic with an address that is none, and without a domain", changes: elastic({ domain: undefined }, { publicAddress: "198.51.100.300" }), says: ['hosts[0].publicAddress: "198.51.100.300" is not an IPv4 address'] },
  { name: "Elastic with a certificate of one's own and no domain", changes: elastic({ domain: undefined, certificate: { kind: "owncert", chain } }), says: ['domain: is missing; certificate kind "owncert" needs it', "certificate.chain: holds something that is not an X.509 certificate", 'certificatePrivateKey: is missing; certificate kind "owncert" needs it: run "pulumi config set --secret -s acme certificatePrivateKey"'] },
  { name: "Elastic with records and no domain", changes: elastic({ domain: undefined, dns: { kind: "route53", zoneId: "Z0123456789ABCDEFGHIJ" } }), says: ["domain: is missing; without it there is no record to make in route53"] },
  { name: "Elastic with a zone of another domain", changes: elastic({ domain: "video.example.org", dns: { kind: "azure-dns", zoneId: dnsZone } }), says: ['dns.zoneId: is the zone "example.com", to which the domain "video.example.org" does not belong'] },
  { name: "Elastic with ZeroSSL", changes: elastic({ certificate: { kind: "zerossl" } }), says: ['certificate.kind: "zerossl" is not offered'] },
  { name: "Elastic with a certificate of AWS", changes: elastic({ certificate: { kind: "acm" } }), says: ['certificate.kind: "acm" is a certificate of AWS; use "letsencrypt", "owncert" or "selfsigned"'] },
  { name: "Elastic with a bucket for observability", changes: elastic({ storage: { s3 } }), given: { sshPrivateKey: sshKey, s3SecretKey: "abc" }, says: ['storage.s3.clusterDataBucket: belongs to edition "ha", but this stack has "elastic"; remove it'] },
  { name: "Elastic with an applied firewall that lets nobody in", changes: elastic({ firewall: { apply: "nftables" } }), says: ["access.operatorCidrs: is missing; firewalls that are applied would lock the deployer out: give his ranges"] },
  { name: "Elastic with a media node of the master's address", changes: elastic({ hosts: hostsWith({ 4: { privateAddress: "10.5.0.14" } }).slice(3) }), says: ['hosts: two machines have the private address "10.5.0.14"'] },
  { name: "Elastic with a media node of a master's name", changes: elastic({ hosts: hostsWith({ 4: { name: "master-1" } }).slice(3) }), says: ['hosts: "master-1" is the name of a media node; it must not be that of a master'] },
  { name: "Elastic with a flag that has a key of its own", changes: elastic({ installFlags: ["--forceUTCTimezone"] }), says: ['installFlags[0]: "--forceUTCTimezone" is set by the program itself; use openvidu:utc'] },
  { name: "Elastic with alarms, where nobody watches", changes: elastic({ alarms: { emails: [] } }), says: ["alarms: belongs to aws, but this stack is on onprem; remove it"] },
  { name: "Elastic with a generation of a machine that nobody makes", changes: elastic({ masters: { generations: [2] } }), says: ["masters: belongs to aws, but this stack is on onprem; remove it"] },
];

describe("configs of own machines that are refused", () => {
  for (const { name, changes, given, says } of refusals) {
    it(name, () => {
      const said = lines(check("onprem", changes, given && secrets(given)));
      assert.equal(said.length, says.length, said.join("\n"));
      for (const [i, text] of says.entries()) assert.ok(said[i]?.startsWith(text), said[i]);
    });
  }

  for (const key of ["sshPrivateKey", "s3SecretKey", "mongoUri"] as const) {
    it(`${key} on a cloud`, () => {
      const value = { sshPrivateKey: sshKey, s3SecretKey: "abc", mongoUri: "mongodb://db.example.com" }[key];
      const said = lines(check("aws", {}, secrets({ [key]: value })));
      assert.deepEqual(said, [`${key}: belongs to onprem, but this stack is on aws; remove it`]);
    });
  }
});

function settingsOf(changes: Changes = {}, given?: Partial<Record<SecretKey, string>>): ClusterSettings {
  const result = check("onprem", changes, given && secrets(given));
  assert.deepEqual(lines(result), []);
  return clusterSettings(result);
}

const own = (settings: ClusterSettings): NonNullable<ClusterSettings["onPremises"]> => settings.onPremises!;

interface Acceptance {
  readonly name: string;
  readonly changes: Changes;
  readonly given?: Partial<Record<SecretKey, string>>;
  readonly look: (settings: ClusterSettings) => unknown;
  readonly is: unknown;
}

/* prettier-ignore */
const acceptances: readonly Acceptance[] = [
  { name: "masters come first, in their order", changes: { hosts: [...hosts()].reverse() }, look: (s) => own(s).hosts.map(({ privateAddress }) => privateAddress), is: ["10.5.0.14", "10.5.0.13", "10.5.0.12", "10.5.0.11", "10.5.0.16", "10.5.0.15"] },
  { name: "what a machine is that says little", changes: { hosts: hostsWith({ 4: { privateAddress: undefined } }) }, look: (s) => own(s).hosts[4], is: { name: "198-51-100-15", role: "media", address: "198.51.100.15", port: 22, user: "ubuntu", hostKey: hostKey(4), privateAddress: "198.51.100.15", failureDomain: "" } },
  { name: "a comment of a host key is no part of it", changes: { hosts: hostsWith({ 4: { hostKey: `${hostKey(4)} root@here` } }) }, look: (s) => own(s).hosts[4]?.hostKey, is: hostKey(4) },
  { name: "no media node closes the cluster", changes: { hosts: hosts(0) }, look: (s) => [s.media.min, s.media.max, s.media.initial], is: [0, 0, 0] },
  { name: "as many media nodes as the list has", changes: { hosts: hosts(7) }, look: (s) => [s.media.min, s.media.max, s.media.initial], is: [7, 7, 7] },
  { name: "DNS round robin by default, with Let's Encrypt", changes: {}, look: (s) => [own(s).entry, s.certificate], is: ["dns", { kind: "letsencrypt" }] },
  { name: "a load balancer that ends TLS", changes: { entry: balancer("loadBalancer") }, look: (s) => [own(s).entry, s.certificate, own(s).balancerCidrs], is: ["external", { kind: "external" }, ["10.5.0.5/32"]] },
  { name: "a load balancer that passes through", changes: { entry: balancer("passthrough"), certificate: { kind: "selfsigned" } }, look: (s) => [own(s).entry, s.certificate], is: ["balanced", { kind: "selfsigned" }] },
  { name: "TURN's own domain up to 3.5", changes: { version: "3.5.0", turn: { domain: "turn.example.com" } }, look: (s) => [s.turn, s.installFlags], is: [{ domain: "turn.example.com" }, []] },
  { name: "TURN's own domain behind a load balancer that ends TLS", changes: { turn: { domain: "turn.example.com" }, entry: balancer("loadBalancer") }, look: (s) => s.turn, is: { domain: "turn.example.com" } },
  { name: "UTC", changes: { utc: true, installFlags: "--debug" }, look: (s) => s.installFlags, is: ["--forceUTCTimezone", "--debug"] },
  { name: "storage of one's own", changes: { storage: { s3 } }, given: { sshPrivateKey: sshKey, s3SecretKey: "abc" }, look: (s) => own(s).s3, is: { ...s3, region: "us-east-1", pathStyle: true } },
  { name: "a database of one's own", changes: {}, given: { sshPrivateKey: sshKey, mongoUri: "mongodb+srv://u:p@db.example.com/?tls=true" }, look: () => true, is: true },
  { name: "an agent in place of a key", changes: { ssh: { agent: true } }, given: {}, look: () => true, is: true },
  { name: "an applied firewall", changes: { firewall: { apply: "ufw" }, "access.operatorCidrs": ["10.0.5.0/24"] }, look: (s) => [own(s).firewall, s.access.operatorCidrs], is: ["ufw", ["10.0.5.0/24"]] },
  { name: "records in Route 53", changes: { dns: { kind: "route53", zoneId: "Z0123456789ABCDEFGHIJ" } }, look: (s) => s.dns.kind, is: "route53" },
  { name: "drains of a day", changes: { "media.drainTimeoutMinutes": 1440 }, look: (s) => s.media.drainTimeoutSeconds, is: 86400 },

  { name: "Elastic with one master and no media node", changes: elastic({}, {}, 0), look: (s) => [s.edition, own(s).hosts.length, s.media.max, s.masters.generations.length], is: ["elastic", 1, 0, 1] },
  { name: "Elastic, whose name leads to the master", changes: elastic(), look: (s) => [own(s).entry, s.certificate, s.domain], is: ["dns", { kind: "letsencrypt" }, "video.example.com"] },
  { name: "Elastic with the master last in the list", changes: elastic({ hosts: hosts(1).slice(3).reverse() }), look: (s) => own(s).hosts.map(({ role }) => role), is: ["master", "media"] },
  { name: "Elastic without a domain", changes: elastic({ domain: undefined }), look: (s) => [s.domain, own(s).domain, s.certificate], is: [undefined, "", { kind: "letsencrypt" }] },
  { name: "Elastic without a domain, self-signed", changes: elastic({ domain: undefined, certificate: { kind: "selfsigned" } }), look: (s) => s.certificate, is: { kind: "selfsigned" } },
  { name: "Elastic inside, without a domain and self-signed", changes: elastic({ domain: undefined, certificate: { kind: "selfsigned" } }, { address: "10.5.0.14" }), look: (s) => [s.domain, own(s).hosts[0]?.address], is: [undefined, "10.5.0.14"] },
  { name: "Elastic of 3.7 without a domain", changes: elastic({ domain: undefined, version: "3.7.0" }), look: (s) => [s.version, s.domain], is: ["3.7.0", undefined] },
  { name: "Elastic without a domain, reached by SSH inside", changes: elastic({ domain: undefined }, { address: "10.5.0.14", publicAddress: "198.51.100.14" }), look: (s) => own(s).hosts[0]?.publicAddress, is: "198.51.100.14" },
  { name: "Elastic inside, with a domain", changes: elastic({ certificate: { kind: "selfsigned" } }, { address: "10.5.0.14" }), look: (s) => own(s).hosts[0]?.address, is: "10.5.0.14" },
  { name: "Elastic with storage of one's own and observability", changes: elastic({ storage: { s3: s3OfOneMaster } }), given: { sshPrivateKey: sshKey, s3SecretKey: "abc" }, look: (s) => [own(s).s3?.clusterDataBucket, s.modules.has("observability")], is: ["", true] },
  { name: "Elastic with a database of one's own", changes: elastic(), given: { sshPrivateKey: sshKey, mongoUri: "mongodb://u:p@db.example.com" }, look: (s) => s.edition, is: "elastic" },
  { name: "Elastic with records in Azure DNS", changes: elastic({ dns: { kind: "azure-dns", zoneId: dnsZone } }), look: (s) => s.dns.kind, is: "azure-dns" },
  { name: "Elastic with an applied firewall, in UTC", changes: elastic({ utc: true, firewall: { apply: "ufw" }, "access.operatorCidrs": ["10.0.5.0/24"] }), look: (s) => [own(s).firewall, s.installFlags], is: ["ufw", ["--forceUTCTimezone"]] },
];

describe("configs of own machines that are accepted", () => {
  for (const { name, changes, given, look, is } of acceptances) {
    it(name, () => assert.deepEqual(look(settingsOf(changes, given)), is));
  }

  it("another host key is another generation of that slot alone", () => {
    const before = settingsOf().masters.generations;
    const after = settingsOf({ hosts: hostsWith({ 2: { hostKey: hostKey(99) } }) }).masters.generations;
    assert.deepEqual(
      before.map((generation, i) => generation === after[i]),
      [true, true, false, true],
    );
  });
});
