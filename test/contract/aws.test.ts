/**
 * What was learnt about AWS, kept: each test is a trap of the cloud or of its provider, by the place in
 * reference/cloud-facts-aws.md that describes it.
 */
import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { turnListeners } from "../../openvidu/entry";
import type { Graph, RecordedResource } from "../../rehearsal/graph";
import { byUrn, inputsOf, ofType, onlyOne, unwrap } from "../support/graph-queries";
import { flowContextOf, forEachGraph, mastersIn, settingsOf } from "./examples";

type Json = Record<string, any>;

const hookType = "aws:autoscaling/lifecycleHook:LifecycleHook";
const groupOf = (graph: Graph) => onlyOne(graph, "aws:autoscaling/group:Group");
/** The entry's load balancer, and after it TURN's own where there is one. */
const balancersOf = (graph: Graph) => ofType(graph, "aws:lb/loadBalancer:LoadBalancer");
const hasTurnBalancer = (stack: string): boolean => turnListeners(flowContextOf(stack)).length > 0;
const mastersOf = (graph: Graph) => ofType(graph, "aws:ec2/instance:Instance");
const templateOf = (graph: Graph): Json => inputsOf(onlyOne(graph, "aws:ec2/launchTemplate:LaunchTemplate"));

const seconds = (duration: string | undefined): number => {
  const match = /^(\d+)(s|m|h)$/.exec(duration ?? "");
  if (!match) throw new Error(`not a duration: ${duration}`);
  return Number(match[1]) * { s: 1, m: 60, h: 3600 }[match[2] as "s" | "m" | "h"];
};

forEachGraph(
  "AWS masters",
  (graph, example) => {
    const { stack, edition } = example;
    const count = mastersIn(example);

    it("take tokens only and one hop, are monitored in detail, recover, and cannot be terminated by accident", async () => {
      const masters = mastersOf(await graph()).map(inputsOf);
      assert.equal(masters.length, count);
      for (const { metadataOptions, monitoring, maintenanceOptions, disableApiTermination, forceDestroy } of masters) {
        assert.equal(metadataOptions.httpTokens, "required");
        assert.equal(metadataOptions.httpPutResponseHopLimit, 1);
        assert.equal(metadataOptions.httpEndpoint, "enabled");
        assert.equal(monitoring, true);
        assert.equal(maintenanceOptions.autoRecovery, "default");
        assert.equal(disableApiTermination, true);
        // Else a replacement of a protected instance fails, unless this was applied in an earlier update.
        assert.equal(forceDestroy, true);
      }
    });

    const standing =
      edition === "ha"
        ? "stand on interfaces of their own and have no public address"
        : "stand on interfaces of their own, each with a public address that stays when the machine goes";
    it(standing, async () => {
      const recorded = await graph();
      const subnets = new Map(ofType(recorded, "aws:ec2/subnet:Subnet").map((each) => [each.id, inputsOf(each)]));
      const ids = ofType(recorded, "aws:ec2/networkInterface:NetworkInterface").map(({ id }) => id);
      const used = mastersOf(recorded).map((master) => {
        const inputs = inputsOf(master);
        // These conflict with an interface of one's own.
        for (const key of ["subnetId", "vpcSecurityGroupIds", "privateIp", "associatePublicIpAddress"]) {
          assert.equal(inputs[key], undefined, key);
        }
        return inputs.primaryNetworkInterface.networkInterfaceId as string;
      });
      assert.deepEqual([...used].sort(), [...ids].sort());
      const links = ofType(recorded, "aws:ec2/eipAssociation:EipAssociation").map(inputsOf);
      assert.deepEqual(
        links.map(({ networkInterfaceId, instanceId }) => [networkInterfaceId as string, instanceId as undefined]),
        edition === "ha" ? [] : ids.map((id) => [id, undefined]),
      );
      for (const each of ofType(recorded, "aws:ec2/networkInterface:NetworkInterface")) {
        const subnet = subnets.get(inputsOf(each).subnetId as string);
        if (subnet) assert.equal(subnet.mapPublicIpOnLaunch, edition === "elastic", each.name);
      }
    });

    it("stand in subnets that refuse deletion and replacement", async () => {
      const recorded = await graph();
      for (const { name, options } of ofType(recorded, "aws:ec2/subnet:Subnet")) {
        assert.equal(options.protect, true, name);
      }
    });

    it("have their data volume in the zone of their subnet, and attach it so that a rebuild does not hang", async () => {
      const recorded = await graph();
      const attachments = ofType(recorded, "aws:ec2/volumeAttachment:VolumeAttachment").map(inputsOf);
      assert.equal(attachments.length, count);
      for (const each of attachments) {
        // The instance's end detaches the volume; a detachment of its own could never succeed once the instance is gone.
        assert.equal(each.skipDestroy, true);
        assert.notEqual(each.forceDetach, true);
      }
      const zones = new Map(
        ofType(recorded, "aws:ec2/subnet:Subnet").map((each) => [each.id, inputsOf(each).availabilityZone as string]),
      );
      const interfaces = ofType(recorded, "aws:ec2/networkInterface:NetworkInterface").map(inputsOf);
      const volumes = ofType(recorded, "aws:ebs/volume:Volume").map(inputsOf);
      for (const [index, each] of interfaces.entries()) {
        const zone = zones.get(each.subnetId as string);
        if (zone) assert.equal(volumes[index]?.availabilityZone, zone);
      }
    });

    it("are spread over the zones in turn", async () => {
      if (edition === "elastic") return;
      const zones = ofType(await graph(), "aws:ebs/volume:Volume").map(
        (each) => inputsOf(each).availabilityZone as string,
      );
      const fullest = Math.max(...zones.map((zone) => zones.filter((other) => other === zone).length));
      assert.ok(new Set(zones).size >= 3 && fullest <= 2, zones.join());
    });

    it("join every target group of masters and no other", async () => {
      const recorded = await graph();
      const joined = ofType(recorded, "aws:lb/targetGroupAttachment:TargetGroupAttachment").map(inputsOf);
      const groups = ofType(recorded, "aws:lb/targetGroup:TargetGroup").map(
        (each) => unwrap(each.outputs.arn) as string,
      );
      const ofMedia = (inputsOf(groupOf(recorded)).targetGroupArns ?? []) as string[];
      const expected = groups.filter((arn) => !ofMedia.includes(arn));
      for (const arn of expected)
        assert.equal(joined.filter(({ targetGroupArn }) => targetGroupArn === arn).length, count, arn);
      assert.equal(joined.length, count * expected.length);
      const { tls, features } = flowContextOf(stack);
      const rtmp = tls === "loadBalancer" && features.has("rtmp") ? 1 : 0;
      assert.equal(ofMedia.length, rtmp + (hasTurnBalancer(stack) ? 1 : 0));
    });

    it("and media nodes run one pinned image of the architecture of their type", async () => {
      const recorded = await graph();
      const images = new Set(mastersOf(recorded).map((each) => inputsOf(each).ami as string));
      assert.equal(images.size, 1);
      for (const image of [...images, templateOf(recorded).imageId as string])
        assert.match(image, /^ami-[0-9a-f]{8,17}$/);
      const { masters, media } = settingsOf(stack);
      for (const { image } of [masters, media]) assert.match(image.id ?? image.version ?? "", /^(ami-|20\d{6})/);
      if (masters.image.architecture !== media.image.architecture)
        assert.ok(!images.has(templateOf(recorded).imageId as string));
    });
  },
  { cloud: "aws", modes: ["up"] },
);

forEachGraph(
  "AWS media group",
  (graph, { stack }) => {
    it("takes a version of its template by number, and makes it the default too", async () => {
      const recorded = await graph();
      const { version } = inputsOf(groupOf(recorded)).launchTemplate as Json;
      assert.match(version as string, /^\d+$/);
      assert.equal(templateOf(recorded).updateDefaultVersion, true);
    });

    it("rolls by launching first, without touching what operators protect, and within the 14 days of a refresh", async () => {
      const { instanceRefresh, instanceMaintenancePolicy, maxSize } = inputsOf(groupOf(await graph())) as Json;
      assert.equal(instanceRefresh.strategy, "Rolling");
      const { preferences } = instanceRefresh as { preferences: Json };
      assert.equal(preferences.minHealthyPercentage, 100);
      assert.ok(preferences.maxHealthyPercentage > 100 && preferences.maxHealthyPercentage <= 200);
      assert.equal(preferences.autoRollback, false);
      for (const key of ["scaleInProtectedInstances", "standbyInstances"]) {
        assert.ok(["Ignore", "Wait"].includes(preferences[key] as string), `${key} is left to the provider's default`);
      }
      assert.equal(typeof preferences.skipMatching, "boolean");
      assert.ok(Number(preferences.instanceWarmup) <= 300, "the launch hook has waited for readiness already");
      assert.equal(instanceMaintenancePolicy.minHealthyPercentage, 100);
      const batch = Math.max(1, Math.floor((maxSize * (preferences.maxHealthyPercentage - 100)) / 100));
      const { media } = settingsOf(stack);
      const roll = Math.ceil(maxSize / batch) * (media.drainTimeoutSeconds + media.bootTimeoutSeconds);
      assert.ok(roll < 14 * 24 * 3600, `${roll} s`);
    });

    it("leaves its size to the autoscaler and its hooks to resources of their own", async () => {
      const { options } = groupOf(await graph());
      assert.deepEqual([...options.ignoreChanges].sort(), ["desiredCapacity", "initialLifecycleHooks"]);
    });

    it("has both hooks from its first moment: a launch that only a finished boot completes, an end that waits for the drain", async () => {
      const { initialLifecycleHooks, desiredCapacity, minSize, maxSize } = inputsOf(groupOf(await graph())) as Json;
      const hooks = new Map(
        (initialLifecycleHooks as Json[]).map((hook) => [hook.lifecycleTransition as string, hook]),
      );
      assert.equal(hooks.size, 2);
      assert.equal(hooks.get("autoscaling:EC2_INSTANCE_LAUNCHING")?.defaultResult, "ABANDON");
      const terminate = hooks.get("autoscaling:EC2_INSTANCE_TERMINATING");
      assert.equal(terminate?.defaultResult, "CONTINUE");
      // 100 heartbeats are the most that AWS allows: they have to last for the longest drain.
      const { media } = settingsOf(stack);
      assert.ok(terminate?.heartbeatTimeout * 100 >= media.drainTimeoutSeconds);
      assert.ok(
        hooks.get("autoscaling:EC2_INSTANCE_LAUNCHING")?.heartbeatTimeout >= Math.min(media.bootTimeoutSeconds, 7200),
      );
      assert.ok(minSize <= desiredCapacity && desiredCapacity <= maxSize);
    });

    it("keeps a hook resource of the same name for each, which a destroy leaves alone", async () => {
      const recorded = await graph();
      const initial = inputsOf(groupOf(recorded)).initialLifecycleHooks as Json[];
      const kept = ofType(recorded, hookType);
      assert.deepEqual(
        kept.map((each) => inputsOf(each).name as string).sort(),
        initial.map(({ name }) => name as string).sort(),
      );
      for (const each of kept) {
        assert.equal(
          each.options.deletedWith,
          groupOf(recorded).urn,
          `${each.name} would be gone before the group is drained`,
        );
        const twin = initial.find(({ name }) => name === inputsOf(each).name);
        for (const key of ["defaultResult", "heartbeatTimeout", "lifecycleTransition"])
          assert.equal(inputsOf(each)[key], twin?.[key], key);
      }
    });

    it("is given more time to be deleted than a drain may take, and does not cut it short", async () => {
      const { options, inputs } = groupOf(await graph());
      assert.ok(seconds(options.customTimeouts.delete) >= settingsOf(stack).media.drainTimeoutSeconds + 900);
      assert.notEqual(inputs.forceDelete, true);
    });

    it("waits on `up` for nodes that are ready, longer than a boot may take", async () => {
      const { waitForCapacityTimeout } = inputsOf(groupOf(await graph())) as Json;
      assert.ok(seconds(waitForCapacityTimeout as string) >= settingsOf(stack).media.bootTimeoutSeconds + 300);
    });

    it("never ends nodes to even out zones or for their age", async () => {
      const { suspendedProcesses, maxInstanceLifetime, capacityRebalance } = inputsOf(groupOf(await graph())) as Json;
      assert.deepEqual(suspendedProcesses, ["AZRebalance"]);
      assert.equal(maxInstanceLifetime, undefined);
      assert.notEqual(capacityRebalance, true);
    });

    it("says its grace period and warm-up itself", async () => {
      const { healthCheckGracePeriod, defaultInstanceWarmup } = inputsOf(groupOf(await graph())) as Json;
      assert.ok(typeof healthCheckGracePeriod === "number" && typeof defaultInstanceWarmup === "number");
    });

    it("has a name that the nodes' role can name before the group exists", async () => {
      const recorded = await graph();
      const { name } = inputsOf(groupOf(recorded)) as Json;
      assert.ok(typeof name === "string" && name.length <= 255);
      const policies = ofType(recorded, "aws:iam/rolePolicy:RolePolicy").map((each) => inputsOf(each).policy as string);
      assert.ok(policies.some((policy) => policy.includes(`autoScalingGroupName/${name}"`)));
    });

    it("follows the average CPU, with a policy that may also take nodes away because they drain first", async () => {
      const { policyType, targetTrackingConfiguration } = inputsOf(
        onlyOne(await graph(), "aws:autoscaling/policy:Policy"),
      ) as Json;
      assert.equal(policyType, "TargetTrackingScaling");
      assert.equal(
        targetTrackingConfiguration.predefinedMetricSpecification.predefinedMetricType,
        "ASGAverageCPUUtilization",
      );
      assert.equal(targetTrackingConfiguration.targetValue, settingsOf(stack).media.targetCpuPercent);
      assert.equal(targetTrackingConfiguration.disableScaleIn, false);
    });

    it("launches nodes that take tokens only and are monitored every minute", async () => {
      const { metadataOptions, monitoring } = templateOf(await graph());
      assert.equal(metadataOptions.httpTokens, "required");
      assert.equal(metadataOptions.httpPutResponseHopLimit, 1);
      assert.equal(monitoring.enabled, true);
    });

    it("gives each media node a public address of its own", async () => {
      const [own] = templateOf(await graph()).networkInterfaces as Json[];
      assert.equal(String(own?.associatePublicIpAddress), "true");
      assert.equal(String(own?.deleteOnTermination), "true");
    });
  },
  { cloud: "aws", modes: ["up"] },
);

forEachGraph(
  "AWS entry",
  (graph, { stack }) => {
    it("balances across zones and has had a security group from the start", async () => {
      const balancers = balancersOf(await graph()).map(inputsOf);
      assert.equal(balancers.length, hasTurnBalancer(stack) ? 2 : 1);
      for (const { enableCrossZoneLoadBalancing, securityGroups, ...rest } of balancers) {
        assert.equal(enableCrossZoneLoadBalancing, true);
        assert.equal((securityGroups as string[]).length, 1);
        assert.equal(rest.loadBalancerType, "network");
        assert.equal(rest.internal, false);
        assert.equal(rest.ipAddressType, "ipv4");
      }
      const groups = balancers.flatMap(({ securityGroups }) => securityGroups as string[]);
      assert.equal(new Set(groups).size, groups.length, "two load balancers share their rules");
    });

    it("lies in as many zones as its subnets, one subnet each", async () => {
      const recorded = await graph();
      const zones = new Map(
        ofType(recorded, "aws:ec2/subnet:Subnet").map((each) => [each.id, inputsOf(each).availabilityZone as string]),
      );
      for (const { subnets } of balancersOf(recorded).map(inputsOf)) {
        const used = (subnets as string[]).map((id) => zones.get(id) ?? id);
        assert.equal(new Set(used).size, used.length);
        assert.ok(used.length >= 3);
      }
    });

    it("ends TLS with a policy of TLS 1.2 and later, on TLS listeners only, whose idle time is fixed", async () => {
      const listeners = ofType(await graph(), "aws:lb/listener:Listener").map(inputsOf);
      const { tls, features } = flowContextOf(stack);
      const ending = listeners.filter(({ protocol }) => protocol === "TLS");
      const ofEntry = tls === "loadBalancer" ? (features.has("rtmp") ? 2 : 1) : 0;
      assert.equal(ending.length, ofEntry + (hasTurnBalancer(stack) ? 1 : 0));
      for (const listener of ending) {
        assert.match(listener.sslPolicy as string, /^ELBSecurityPolicy-TLS13-1-[23]-/);
        assert.match(listener.certificateArn as string, /^arn:aws[a-z-]*:acm:/);
        assert.equal(listener.tcpIdleTimeoutSeconds, undefined);
      }
      for (const listener of listeners.filter(({ protocol }) => protocol !== "TLS")) {
        assert.equal(listener.protocol, "TCP");
        assert.equal(listener.sslPolicy, undefined);
        assert.equal(listener.certificateArn, undefined);
      }
    });

    it("asks each target for exactly one status at the health check's own port", async () => {
      for (const { healthCheck, name, port } of ofType(await graph(), "aws:lb/targetGroup:TargetGroup").map(inputsOf)) {
        assert.equal(healthCheck.protocol, "HTTP", name);
        assert.equal(healthCheck.matcher, "200");
        assert.match(healthCheck.port as string, /^\d+$/);
        assert.match(healthCheck.path as string, /^\//);
        assert.ok(healthCheck.interval > healthCheck.timeout && healthCheck.unhealthyThreshold >= 2 && port > 0);
      }
    });

    it("lets no media group decide about a zone in DNS, and cuts no stream of a node that drains", async () => {
      const recorded = await graph();
      const ofMedia = (inputsOf(groupOf(recorded)).targetGroupArns ?? []) as string[];
      for (const group of ofType(recorded, "aws:lb/targetGroup:TargetGroup")) {
        const { targetGroupHealth, targetHealthStates, connectionTermination, deregistrationDelay } = inputsOf(
          group,
        ) as Json;
        const isMedia = ofMedia.includes(unwrap(group.outputs.arn) as string);
        assert.equal(targetGroupHealth.dnsFailover.minimumHealthyTargetsCount, isMedia ? "off" : "1", group.name);
        assert.equal(connectionTermination, false);
        assert.ok(deregistrationDelay <= 60, "the drain begins only after it");
        if (isMedia) assert.equal((targetHealthStates as Json[])[0]?.enableUnhealthyConnectionTermination, false);
      }
    });

    it("keeps clients' addresses from masters unless asked, so that a master reaches itself through the entry", async () => {
      const recorded = await graph();
      const ofMedia = (inputsOf(groupOf(recorded)).targetGroupArns ?? []) as string[];
      const { preserveClientAddress } = settingsOf(stack).entry;
      for (const group of ofType(recorded, "aws:lb/targetGroup:TargetGroup")) {
        if (ofMedia.includes(unwrap(group.outputs.arn) as string)) continue;
        assert.equal(inputsOf(group).preserveClientIp, String(preserveClientAddress));
      }
      assert.equal(preserveClientAddress, false, "the default hides the hairpin trap");
    });

    it("has names within the 32 characters of load balancers and target groups", async () => {
      const recorded = await graph();
      const named = ["aws:lb/loadBalancer:LoadBalancer", "aws:lb/targetGroup:TargetGroup"].flatMap((type) =>
        ofType(recorded, type),
      );
      for (const { outputs, inputs, name } of named) {
        const physical = String(unwrap(outputs.name ?? inputs.name));
        assert.match(physical, /^(?!internal-)[A-Za-z0-9][A-Za-z0-9-]{0,30}[A-Za-z0-9]$/, name);
      }
    });

    it("takes the certificate when it is valid, not when it is asked for", async () => {
      const recorded = await graph();
      const requested = ofType(recorded, "aws:acm/certificate:Certificate");
      if (requested.length === 0) return assert.notEqual(settingsOf(stack).certificate.kind, "acm");
      const validations = ofType(recorded, "aws:acm/certificateValidation:CertificateValidation");
      assert.equal(validations.length, requested.length);
      for (const listener of ofType(recorded, "aws:lb/listener:Listener")) {
        if (inputsOf(listener).protocol !== "TLS") continue;
        const used = validations.filter(({ urn }) => listener.propertyDependencies.certificateArn?.includes(urn));
        assert.equal(used.length, 1, listener.name);
      }
    });
  },
  { cloud: "aws", edition: "ha", modes: ["up"] },
);

forEachGraph(
  "AWS network",
  (graph, { edition, ownNetwork }) => {
    if (!ownNetwork) {
      it("is adopted: no address, gateway, route or endpoint is made", async () => {
        const made = (await graph()).resources.filter(({ type }) =>
          /^aws:ec2\/(eip|natGateway|route|vpcEndpoint|internetGateway)/.test(type),
        );
        assert.deepEqual(
          made.map(({ name }) => name),
          [],
        );
      });
      return;
    }

    const leaving =
      edition === "ha"
        ? "has a NAT gateway for masters, and media nodes leave by their own addresses"
        : "has no NAT gateway: every node leaves by its own address";
    it(leaving, async () => {
      const recorded = await graph();
      const routes = ofType(recorded, "aws:ec2/route:Route").map(inputsOf);
      const tables = new Map(
        ofType(recorded, "aws:ec2/routeTableAssociation:RouteTableAssociation").map((each) => {
          const { subnetId, routeTableId } = inputsOf(each) as Json;
          return [subnetId as string, routeTableId as string];
        }),
      );
      const wayOut = (subnet: string): Json | undefined =>
        routes.find(({ routeTableId }) => routeTableId === tables.get(subnet));
      for (const each of ofType(recorded, "aws:ec2/networkInterface:NetworkInterface")) {
        const { natGatewayId, gatewayId } = wayOut(inputsOf(each).subnetId as string) ?? {};
        assert.match(String(edition === "ha" ? natGatewayId : gatewayId), edition === "ha" ? /^nat-/ : /^igw-/);
      }
      const gateways = ofType(recorded, "aws:ec2/natGateway:NatGateway");
      assert.equal(gateways.length > 0, edition === "ha");
      for (const subnet of inputsOf(groupOf(recorded)).vpcZoneIdentifiers as string[]) {
        assert.match(String(wayOut(subnet)?.gatewayId), /^igw-/);
      }
    });

    it("has a gateway endpoint for S3 on every route table of nodes", async () => {
      const recorded = await graph();
      const { vpcEndpointType, serviceName, routeTableIds } = inputsOf(
        onlyOne(recorded, "aws:ec2/vpcEndpoint:VpcEndpoint"),
      ) as Json;
      assert.equal(vpcEndpointType, "Gateway");
      assert.match(serviceName as string, /\.s3$/);
      assert.deepEqual(
        [...(routeTableIds as string[])].sort(),
        ofType(recorded, "aws:ec2/routeTable:RouteTable")
          .map(({ id }) => id)
          .sort(),
      );
    });

    it("has subnets that do not overlap, inside the VPC", async () => {
      const recorded = await graph();
      const blocks = ofType(recorded, "aws:ec2/subnet:Subnet").map((each) =>
        blockOf(inputsOf(each).cidrBlock as string),
      );
      const vpc = blockOf(inputsOf(onlyOne(recorded, "aws:ec2/vpc:Vpc")).cidrBlock as string);
      blocks.sort((a, b) => a.first - b.first);
      for (const [index, { first, last }] of blocks.entries()) {
        assert.ok(first >= vpc.first && last <= vpc.last);
        assert.ok((blocks[index + 1]?.first ?? Infinity) > last);
      }
    });
  },
  { cloud: "aws", modes: ["up"] },
);

function blockOf(cidr: string): { first: number; last: number } {
  const [address = "", prefix] = cidr.split("/");
  const first = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return { first, last: first + 2 ** (32 - Number(prefix)) - 1 };
}

forEachGraph(
  "AWS storage and secrets",
  (graph, { stack, edition }) => {
    it("each bucket refuses clear text, the public and ACLs, and keeps and ages versions", async () => {
      const recorded = await graph();
      const buckets = ofType(recorded, "aws:s3/bucket:Bucket");
      const adopted = settingsOf(stack).storage.adoptBuckets;
      // Elastic keeps the cluster's own data on the master, as its releases can store recordings outside alone.
      assert.equal(buckets.length, adopted ? 0 : { ha: 2, elastic: 1 }[edition]);
      for (const bucket of buckets) {
        for (const inline of ["acl", "versioning", "lifecycleRules", "serverSideEncryptionConfiguration", "logging"]) {
          assert.equal(bucket.inputs[inline], undefined, `inline ${inline} fights with its own resource`);
        }
        assert.notEqual(bucket.inputs.forceDestroy, true);
        const own = (type: string): Json => {
          const found = ofType(recorded, type).find((each) => inputsOf(each).bucket === unwrap(bucket.outputs.bucket));
          assert.ok(found, `${bucket.name} has no ${type}`);
          assert.equal(found.options.retainOnDelete, true, `${found.name} would be taken from a bucket that is kept`);
          return inputsOf(found);
        };
        assert.equal(own("aws:s3/bucketVersioning:BucketVersioning").versioningConfiguration.status, "Enabled");
        const block = own("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock");
        for (const key of ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"])
          assert.equal(block[key], true, key);
        assert.equal(
          own("aws:s3/bucketOwnershipControls:BucketOwnershipControls").rule.objectOwnership,
          "BucketOwnerEnforced",
        );
        const policy = JSON.parse(own("aws:s3/bucketPolicy:BucketPolicy").policy as string) as { Statement: Json[] };
        const deny = policy.Statement.find(({ Effect }) => Effect === "Deny");
        assert.deepEqual(deny?.Condition, { Bool: { "aws:SecureTransport": "false" } });
        assert.equal(deny?.Action, "s3:*");
        const rules = own("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration").rules as Json[];
        assert.ok(rules.some(({ noncurrentVersionExpiration }) => noncurrentVersionExpiration?.noncurrentDays > 0));
        // Backups and recordings end when somebody deletes them, never by age.
        for (const { expiration } of rules) assert.deepEqual(expiration ?? {}, { expiredObjectDeleteMarker: true });
        assert.ok(
          rules.some(({ abortIncompleteMultipartUpload }) => abortIncompleteMultipartUpload?.daysAfterInitiation > 0),
        );
      }
    });

    it("each kind of node has a secret of its own, with the configured key, read by its own role alone", async () => {
      const recorded = await graph();
      const secrets = ofType(recorded, "aws:secretsmanager/secret:Secret");
      assert.equal(secrets.length, 2);
      const readers = ofType(recorded, "aws:iam/rolePolicy:RolePolicy")
        .map(inputsOf)
        .filter(({ policy }) => (policy as string).includes("secretsmanager:GetSecretValue"));
      assert.equal(readers.length, 2);
      assert.equal(new Set(readers.map(({ role }) => role as string)).size, 2);
      for (const secret of secrets) {
        const arn = unwrap(secret.outputs.arn) as string;
        const naming = readers.filter(({ policy }) => (policy as string).includes(arn));
        assert.equal(naming.length, 1, secret.name);
        assert.equal(inputsOf(secret).kmsKeyId, settingsOf(stack).encryption.keyId);
        assert.ok(inputsOf(secret).recoveryWindowInDays >= 7);
      }
      const policies = ofType(recorded, "aws:secretsmanager/secretPolicy:SecretPolicy").map(
        (each) => JSON.parse(inputsOf(each).policy as string) as { Statement: Json[] },
      );
      // Where readers are named, nobody else in the account can read either.
      assert.ok(policies.length === 0 || policies.length === 2);
      for (const { Statement } of policies) assert.equal(Statement[0]?.Effect, "Deny");
    });
  },
  { cloud: "aws", modes: ["up"] },
);

forEachGraph(
  "AWS DNS",
  (graph, { stack, edition }) => {
    it("the name leads to the load balancer by an alias that does not judge it, or the operator is told what to do", async () => {
      const recorded = await graph();
      const { dns, domain } = settingsOf(stack);
      const records = ofType(recorded, "aws:route53/record:Record").map(inputsOf);
      const manual = unwrap(recorded.outputs.dnsRecords) as Json[];
      if (dns.kind !== "route53") {
        assert.deepEqual(records, []);
        const type = edition === "ha" ? "CNAME" : "A";
        assert.deepEqual(
          manual.filter(({ name }) => name === domain).map((record) => record.type as string),
          [type],
        );
        return;
      }
      assert.deepEqual(manual, []);
      const record = records.find(({ name }) => name === domain);
      const [balancer] = balancersOf(recorded);
      assert.ok(balancer);
      assert.deepEqual(record?.aliases, [
        {
          name: unwrap(balancer.outputs.dnsName),
          zoneId: unwrap(balancer.outputs.zoneId),
          evaluateTargetHealth: false,
        },
      ]);
      assert.equal(byUrn(recorded, balancer.urn), balancer);
    });
  },
  { cloud: "aws", modes: ["up"] },
);

forEachGraph(
  "AWS TURN over TLS",
  (graph, { stack, edition }) => {
    if (!hasTurnBalancer(stack)) {
      it("needs no load balancer of its own", async () => {
        const entries = edition === "ha" ? 1 : 0;
        assert.equal(balancersOf(await graph()).length, entries);
        assert.equal(ofType(await graph(), "aws:ec2/securityGroup:SecurityGroup").length, 2 + entries);
      });
      return;
    }

    it("leads its own domain to a balancer in front of the media nodes, with a certificate of that domain", async () => {
      const recorded = await graph();
      const [entry, turn] = balancersOf(recorded) as [RecordedResource, RecordedResource];
      const listener = ofType(recorded, "aws:lb/listener:Listener").find(
        (each) => inputsOf(each).loadBalancerArn === turn.outputs["arn"],
      );
      assert.ok(listener);
      const { port, protocol, certificateArn, defaultActions } = inputsOf(listener);
      assert.deepEqual([port, protocol], [443, "TLS"]);
      const certificates = ofType(recorded, "aws:acm/certificate:Certificate");
      const own = certificates.find(({ outputs }) => outputs["arn"] === certificateArn);
      assert.equal(own && inputsOf(own).domainName, "turn.example.com");

      const arn = (defaultActions as Json[])[0]?.targetGroupArn as string;
      const group = ofType(recorded, "aws:lb/targetGroup:TargetGroup").find(({ outputs }) => outputs["arn"] === arn);
      const { port: targetPort, targetType, healthCheck, deregistrationDelay } = inputsOf(group!) as Json;
      assert.deepEqual([targetPort, targetType, deregistrationDelay], [5349, "instance", 60]);
      assert.deepEqual([healthCheck.port, healthCheck.path, healthCheck.matcher], ["7880", "/", "200"]);
      assert.ok((inputsOf(groupOf(recorded)).targetGroupArns as string[]).includes(arn));

      const names = ofType(recorded, "aws:route53/record:Record").map(inputsOf);
      const leadsTo = (name: string): unknown => names.find((each) => each.name === name)?.aliases?.[0]?.name;
      assert.equal(leadsTo("turn.example.com"), turn.outputs["dnsName"]);
      assert.equal(leadsTo("video.example.com"), entry.outputs["dnsName"]);
      assert.deepEqual(recorded.outputs["dnsRecords"], []);
    });

    it("is told to all masters and to no media node, by a name that the bundle holds", async () => {
      const recorded = await graph();
      const flags = (base64: unknown): string => gunzipSync(Buffer.from(base64 as string, "base64")).toString();
      for (const master of mastersOf(recorded))
        assert.match(flags(inputsOf(master).userDataBase64), /--turn-domain-name/, master.name);
      assert.doesNotMatch(flags(templateOf(recorded).userData), /--turn-domain-name/);
      const bundles = ofType(recorded, "aws:secretsmanager/secretVersion:SecretVersion").map(
        (each) => JSON.parse(inputsOf(each).secretString as string) as Json,
      );
      assert.deepEqual(
        bundles.map((bundle) => bundle["LIVEKIT_TURN_DOMAIN_NAME"]),
        ["turn.example.com", undefined],
      );
    });
  },
  { cloud: "aws", modes: ["up"] },
);
