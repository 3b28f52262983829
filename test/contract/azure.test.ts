/**
 * What was learnt about Azure, kept: each test is a trap of the cloud or of its provider, by the number in
 * reference/cloud-facts-azure.md that describes it.
 */
import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import type { Graph } from "../../rehearsal/graph";
import { bundleContent, bundlesOf, inputsOf, ofType, onlyOne, unwrap } from "../support/graph-queries";
import { evaluateVariant, forEachGraph, graphOf, mastersIn, settingsOf } from "./examples";

type Json = Record<string, any>;

const mastersOf = (graph: Graph) => ofType(graph, "azure-native:compute:VirtualMachine");
const scaleSetOf = (graph: Graph) => onlyOne(graph, "azure-native:compute:VirtualMachineScaleSet");
const profileOf = (graph: Graph): Json => inputsOf(scaleSetOf(graph)).virtualMachineProfile as Json;
/** The controller's orders on the scale set, and the template that a new node is told to be made from. */
const ordersOf = (graph: Graph): Json =>
  JSON.parse(inputsOf(scaleSetOf(graph)).tags["openvidu-media"] as string) as Json;
function templateOf(graph: Graph): string | undefined {
  const document = gunzipSync(Buffer.from(profileOf(graph).osProfile.customData as string, "base64")).toString("utf8");
  return /TEMPLATE='([0-9a-f]{16})'/.exec(document)?.[1];
}
const balancerOf = (graph: Graph): Json => inputsOf(onlyOne(graph, "azure-native:network:LoadBalancer"));

forEachGraph(
  "Azure machines",
  (graph, example) => {
    const { stack, edition } = example;
    const count = mastersIn(example);

    it("start with Trusted Launch and leave a console log", async () => {
      const recorded = await graph();
      const profiles = [...mastersOf(recorded).map(inputsOf), profileOf(recorded)];
      assert.equal(profiles.length, count + 1);
      const { encryptionAtHost } = settingsOf(stack).encryption;
      for (const { securityProfile, diagnosticsProfile } of profiles) {
        assert.equal(securityProfile.securityType, "TrustedLaunch");
        assert.deepEqual(securityProfile.uefiSettings, { secureBootEnabled: true, vTpmEnabled: true });
        assert.equal(securityProfile.encryptionAtHost ?? false, encryptionAtHost);
        assert.equal(diagnosticsProfile.bootDiagnostics.enabled, true);
        assert.equal(diagnosticsProfile.bootDiagnostics.storageUri, undefined);
      }
    });

    it("run an image of one exact version", async () => {
      const recorded = await graph();
      const images = [
        ...mastersOf(recorded).map((each) => inputsOf(each).storageProfile),
        profileOf(recorded).storageProfile,
      ];
      for (const { imageReference } of images) {
        assert.match(imageReference.version as string, /^\d+\.\d+\.\d+$/);
        assert.equal(imageReference.publisher, "Canonical");
      }
    });

    it("let nobody in by password, and get their script once, where it cannot be read from the machine's metadata", async () => {
      const recorded = await graph();
      for (const { osProfile, userData } of [...mastersOf(recorded).map(inputsOf), profileOf(recorded)]) {
        assert.equal(osProfile.linuxConfiguration.disablePasswordAuthentication, true);
        assert.equal(osProfile.adminPassword, undefined);
        assert.ok(osProfile.customData);
        assert.equal(userData, undefined);
      }
    });

    it("have identities assigned by us, one for each kind of node", async () => {
      const recorded = await graph();
      const identities = ofType(recorded, "azure-native:managedidentity:UserAssignedIdentity").map(({ id }) => id);
      assert.equal(identities.length, 2);
      const ofMasters = mastersOf(recorded).map((each) => inputsOf(each).identity as Json);
      const ofMedia = inputsOf(scaleSetOf(recorded)).identity as Json;
      for (const identity of [...ofMasters, ofMedia]) assert.equal(identity.type, "UserAssigned");
      const master = new Set(ofMasters.flatMap(({ userAssignedIdentities }) => userAssignedIdentities as string[]));
      assert.equal(master.size, 1);
      assert.ok(!master.has((ofMedia.userAssignedIdentities as string[])[0]!));
    });

    const spread =
      edition === "ha"
        ? "masters are spread over three zones, each with its disk, and have no public address"
        : "the master stands in the first zone with its disk, at a public address that stays when it goes";
    it(spread, async () => {
      const recorded = await graph();
      const zones = mastersOf(recorded).map((each) => inputsOf(each).zones as string[]);
      assert.deepEqual(zones, [["1"], ["2"], ["3"], ["1"]].slice(0, count));
      const ofDisks = ofType(recorded, "azure-native:compute:Disk").map((each) => inputsOf(each).zones as string[]);
      assert.deepEqual(ofDisks, zones);
      for (const each of ofType(recorded, "azure-native:network:NetworkInterface")) {
        const configurations = inputsOf(each).ipConfigurations as Json[];
        assert.equal(configurations.length, 1);
        const addresses = ofType(recorded, "azure-native:network:PublicIPAddress").map(({ id }) => ({ id }));
        assert.deepEqual(configurations[0]?.publicIPAddress, edition === "ha" ? undefined : addresses[0]);
      }
    });
  },
  { cloud: "azure", modes: ["up"] },
);

forEachGraph(
  "Azure media group",
  (graph, { stack }) => {
    it("is of the flexible kind, spread over zones, upgraded by nobody but us", async () => {
      const { orchestrationMode, platformFaultDomainCount, singlePlacementGroup, upgradePolicy, zones, overprovision } =
        inputsOf(scaleSetOf(await graph())) as Json;
      assert.equal(orchestrationMode, "Flexible");
      assert.equal(platformFaultDomainCount, 1);
      assert.equal(singlePlacementGroup, false);
      assert.equal(upgradePolicy.mode, "Manual");
      assert.deepEqual(zones, ["1", "2", "3"]);
      assert.equal(overprovision, undefined);
    });

    it("has nothing that would end a node by itself", async () => {
      const { automaticRepairsPolicy, resiliencyPolicy, upgradePolicy, zoneBalance, spotRestorePolicy } = inputsOf(
        scaleSetOf(await graph()),
      ) as Json;
      assert.equal(automaticRepairsPolicy?.enabled ?? false, false);
      assert.equal(resiliencyPolicy?.automaticZoneRebalancingPolicy?.enabled ?? false, false);
      assert.equal(upgradePolicy.automaticOSUpgradePolicy?.enableAutomaticOSUpgrade ?? false, false);
      assert.equal(zoneBalance ?? false, false);
      assert.equal(spotRestorePolicy, undefined);
    });

    it("leaves its size to the autoscaler", async () => {
      assert.deepEqual(scaleSetOf(await graph()).options.ignoreChanges, ["sku.capacity"]);
    });

    it("gives each node a Standard address that goes when the node goes", async () => {
      const { networkProfile, storageProfile } = profileOf(await graph());
      assert.equal(networkProfile.networkApiVersion, "2022-11-01");
      const [nic] = networkProfile.networkInterfaceConfigurations as Json[];
      const [configuration] = nic?.ipConfigurations as Json[];
      assert.equal(configuration?.primary, true);
      assert.deepEqual(configuration?.publicIPAddressConfiguration.sku, { name: "Standard", tier: "Regional" });
      const options = [
        nic?.deleteOption,
        configuration?.publicIPAddressConfiguration.deleteOption,
        storageProfile.osDisk.deleteOption,
      ];
      assert.deepEqual(options, ["Delete", "Delete", "Delete"]);
    });

    it("warns a node as early as Azure can before its end, and waits longer than that for a delete", async () => {
      const recorded = await graph();
      const { terminateNotificationProfile } = profileOf(recorded).scheduledEventsProfile as Json;
      assert.deepEqual(terminateNotificationProfile, { enable: true, notBeforeTimeout: "PT15M" });
      assert.match(scaleSetOf(recorded).options.customTimeouts.delete ?? "", /^([3-9]\d|\d{3,})m$/);
    });

    it("is only ever enlarged by the autoscaler, which is switched on and gets its numbers as text", async () => {
      const recorded = await graph();
      const { enabled, profiles, targetResourceUri } = inputsOf(
        onlyOne(recorded, "azure-native:monitor:AutoscaleSetting"),
      ) as Json;
      assert.equal(enabled, true);
      assert.equal(targetResourceUri, scaleSetOf(recorded).id);
      const { media } = settingsOf(stack);
      assert.equal((profiles as Json[]).length, 1);
      const [{ capacity, rules }] = profiles as [Json];
      assert.deepEqual(capacity, {
        minimum: String(media.min),
        maximum: String(media.max),
        default: String(media.min),
      });
      assert.deepEqual(
        (rules as Json[]).map(({ scaleAction }) => scaleAction.direction as string),
        ["Increase"],
      );
      const [{ metricTrigger, scaleAction }] = rules as [Json];
      assert.equal(metricTrigger.metricResourceUri, scaleSetOf(recorded).id);
      assert.equal(metricTrigger.metricName, "Percentage CPU");
      assert.equal(metricTrigger.threshold, media.targetCpuPercent);
      // Longer than a boot takes, else a second node is added for the same load.
      assert.match(scaleAction.cooldown as string, /^PT(10|15|20|30)M$/);
    });

    it("carries the controller's orders in a label that is short enough", async () => {
      const recorded = await graph();
      const text = inputsOf(scaleSetOf(recorded)).tags["openvidu-media"] as string;
      assert.ok(text.length <= 256 && !/\s/.test(text), text);
      const { media } = settingsOf(stack);
      assert.deepEqual(ordersOf(recorded), {
        min: media.min,
        max: media.max,
        cpu: media.targetCpuPercent,
        drains: media.drainsAtOnce,
        cooldown: 600,
        drain: media.drainTimeoutSeconds,
        boot: media.bootTimeoutSeconds,
        template: templateOf(recorded),
      });
    });

    it("has no alert, runbook or webhook that would trigger a scale-in by a side effect", async () => {
      const types = (await graph()).resources.map(({ type }) => type);
      assert.deepEqual(
        types.filter((type) => /automation:|eventgrid|ActivityLogAlert|logic|Webhook/i.test(type)),
        [],
      );
    });

    it("reports health without repairing", async () => {
      const { extensions } = profileOf(await graph()).extensionProfile as { extensions: Json[] };
      const health = extensions.find(({ publisher }) => publisher === "Microsoft.ManagedServices");
      assert.equal(health?.type, "ApplicationHealthLinux");
      assert.ok(health?.settings.port > 0 && health?.settings.requestPath);
    });
  },
  { cloud: "azure", modes: ["up"] },
);

describe("Azure template of media nodes", () => {
  const variant = async (media: Json): Promise<Graph> => {
    const recorded = await evaluateVariant("azure-ha", { config: { media } });
    assert.equal(recorded.exitCode, 0, recorded.log.map(({ message }) => message).join("\n"));
    return recorded;
  };

  it("stays the same when only the group's limits change, which the controller hears of all the same", async () => {
    const [before, after] = await Promise.all([
      graphOf("azure-ha"),
      variant({ min: 2, max: 9, targetCpuPercent: 70, drainsAtOnce: 3 }),
    ]);
    const { min, max, cpu, drains, template } = ordersOf(after);
    assert.deepEqual([min, max, cpu, drains], [2, 9, 70, 3]);
    assert.equal(template, ordersOf(before).template);
    assert.equal(profileOf(after).osProfile.customData, profileOf(before).osProfile.customData);
  });

  it("is another one for another size, and nodes are told the same one as the controller", async () => {
    const after = await variant({ instanceType: "Standard_D8s_v5" });
    assert.notEqual(ordersOf(after).template, ordersOf(await graphOf("azure-ha")).template);
    assert.equal(ordersOf(after).template, templateOf(after));
  });

  it("warns where limits leave no room for a roll, and only there", async () => {
    const warnings = ({ log }: Graph): string[] =>
      log.filter(({ severity }) => severity === "warning").map(({ message }) => message);
    const [tight, closed, usual] = await Promise.all([
      variant({ min: 3, max: 3 }),
      variant({ min: 0, max: 0 }),
      graphOf("azure-ha"),
    ]);
    assert.match(warnings(tight).join("\n"), /media\.min and media\.max are both 3: .*raise media\.max/);
    assert.doesNotMatch([...warnings(closed), ...warnings(usual)].join("\n"), /media\.max/);
  });
});

forEachGraph(
  "Azure entry",
  (graph, { stack, ownNetwork }) => {
    it("is a Standard load balancer whose every rule has a probe of its own in the same balancer", async () => {
      const recorded = await graph();
      const { sku, loadBalancingRules, probes, outboundRules } = balancerOf(recorded);
      const { id } = onlyOne(recorded, "azure-native:network:LoadBalancer");
      assert.equal(sku.name, "Standard");
      const used = (loadBalancingRules as Json[]).map(({ probe }) => probe.id as string);
      assert.deepEqual(
        used,
        (probes as Json[]).map(({ name }) => `${id}/probes/${name}`),
      );
      assert.equal(new Set(used).size, used.length);
      assert.deepEqual(outboundRules ?? [], [], "masters leave by the NAT gateway");
    });

    it("keeps idle connections for half an hour and resets them afterwards, and lends nobody its address", async () => {
      for (const rule of balancerOf(await graph()).loadBalancingRules as Json[]) {
        assert.equal(rule.idleTimeoutInMinutes, 30);
        assert.equal(rule.enableTcpReset, true);
        assert.equal(rule.disableOutboundSnat, true);
        assert.equal(rule.protocol, "Tcp");
      }
    });

    it("asks Caddy over HTTP whether a master serves, for every rule", async () => {
      for (const probe of balancerOf(await graph()).probes as Json[]) {
        assert.equal(probe.protocol, "Http");
        assert.equal(probe.port, 7880);
        assert.equal(probe.requestPath, "/health/caddy");
      }
    });

    it("has every master in its pool", async () => {
      const recorded = await graph();
      const { id } = onlyOne(recorded, "azure-native:network:LoadBalancer");
      const pools = (balancerOf(recorded).backendAddressPools as Json[]).map(
        ({ name }) => `${id}/backendAddressPools/${name}`,
      );
      for (const each of ofType(recorded, "azure-native:network:NetworkInterface")) {
        const [configuration] = inputsOf(each).ipConfigurations as Json[];
        assert.deepEqual(
          (configuration?.loadBalancerBackendAddressPools as Json[]).map((pool) => pool.id as string),
          pools,
        );
      }
      const [nic] = profileOf(recorded).networkProfile.networkInterfaceConfigurations as Json[];
      assert.deepEqual(nic?.ipConfigurations[0].loadBalancerBackendAddressPools ?? [], []);
    });

    it("stands at a static Standard address in all zones, or at the one that was given", async () => {
      const recorded = await graph();
      const [frontend] = balancerOf(recorded).frontendIPConfigurations as Json[];
      const { adoptAddressId } = settingsOf(stack).entry;
      if (adoptAddressId) return assert.equal(frontend?.publicIPAddress.id, adoptAddressId);
      const address = ofType(recorded, "azure-native:network:PublicIPAddress").find(
        ({ id }) => id === frontend?.publicIPAddress.id,
      );
      const { sku, publicIPAllocationMethod, zones } = inputsOf(address!) as Json;
      assert.deepEqual([sku.name, publicIPAllocationMethod, zones], ["Standard", "Static", ["1", "2", "3"]]);
    });

    if (!ownNetwork) return;

    it("masters leave by a NAT gateway that media nodes do not have", async () => {
      const recorded = await graph();
      const subnets = ofType(recorded, "azure-native:network:Subnet");
      const ofMasters = new Set(
        ofType(recorded, "azure-native:network:NetworkInterface").map(
          (each) => inputsOf(each).ipConfigurations[0].subnet.id as string,
        ),
      );
      const [nic] = profileOf(recorded).networkProfile.networkInterfaceConfigurations as Json[];
      const ofMedia = nic?.ipConfigurations[0].subnet.id as string;
      for (const subnet of subnets) {
        const { natGateway, defaultOutboundAccess, serviceEndpoints } = inputsOf(subnet) as Json;
        assert.equal(defaultOutboundAccess, false, subnet.name);
        assert.ok(
          (serviceEndpoints as Json[]).some(({ service }) => service === "Microsoft.KeyVault"),
          subnet.name,
        );
        if (ofMasters.has(subnet.id)) assert.match(natGateway?.id as string, /\/natGateways\//i);
        else assert.equal(natGateway, undefined, subnet.name);
      }
      assert.ok(!ofMasters.has(ofMedia));
      assert.ok(subnets.some(({ id }) => id === ofMedia));
    });

    it("subnets are resources of their own and made one after another", async () => {
      const recorded = await graph();
      assert.equal(inputsOf(onlyOne(recorded, "azure-native:network:VirtualNetwork")).subnets, undefined);
      const [first, second] = ofType(recorded, "azure-native:network:Subnet");
      assert.ok(second?.dependencies.includes(first!.urn));
    });
  },
  { cloud: "azure", edition: "ha", modes: ["up"] },
);

forEachGraph(
  "Azure storage and secrets",
  (graph, { stack }) => {
    it("the vault decides by roles, keeps what was deleted, and refuses networks that nobody named", async () => {
      const recorded = await graph();
      const { properties } = inputsOf(onlyOne(recorded, "azure-native:keyvault:Vault")) as Json;
      assert.equal(properties.enableRbacAuthorization, true);
      assert.equal(properties.enableSoftDelete, true);
      assert.equal(properties.enablePurgeProtection, true);
      assert.equal(properties.softDeleteRetentionInDays, settingsOf(stack).secretRecoveryDays);
      assert.equal(properties.networkAcls.defaultAction, "Deny");
      const [nic] = profileOf(recorded).networkProfile.networkInterfaceConfigurations as Json[];
      const ofMasters = ofType(recorded, "azure-native:network:NetworkInterface").map(
        (each) => inputsOf(each).ipConfigurations[0].subnet.id as string,
      );
      const wanted = new Set([...ofMasters, nic?.ipConfigurations[0].subnet.id as string]);
      assert.deepEqual(
        new Set((properties.networkAcls.virtualNetworkRules as Json[]).map(({ id }) => id as string)),
        wanted,
      );
      assert.deepEqual(
        (properties.networkAcls.ipRules as Json[]).map(({ value }) => value as string),
        settingsOf(stack).access.deployerCidrs,
      );
    });

    it("each kind of node may read its own bundle and nothing else", async () => {
      const recorded = await graph();
      const secrets = bundlesOf(recorded);
      const identities = ofType(recorded, "azure-native:managedidentity:UserAssignedIdentity");
      const assignments = ofType(recorded, "azure-native:authorization:RoleAssignment").map(inputsOf);
      for (const kind of ["master", "media"]) {
        const secret = secrets.find((each) => inputsOf(each).secretName === `bundle-${kind}`);
        const identity = identities.find(({ name }) => name.includes(kind));
        const own = assignments.filter(({ scope }) => scope === secret?.id);
        assert.deepEqual(
          own.map(({ principalId }) => principalId as string),
          [unwrap(identity?.outputs.principalId)],
          kind,
        );
        assert.match(own[0]?.roleDefinitionId as string, /\/roleDefinitions\/4633458b-17de-408a-b874-0445c86b69e6$/);
      }
      for (const { principalType, roleAssignmentName } of assignments) {
        assert.equal(principalType, "ServicePrincipal");
        assert.equal(roleAssignmentName, undefined, "a name of our own collides with the same stack elsewhere");
      }
    });

    it("accounts take TLS 1.2 only and show nothing to the public; keys are allowed only where OpenVidu needs one", async () => {
      const accounts = ofType(await graph(), "azure-native:storage:StorageAccount").map(inputsOf);
      const adopted = settingsOf(stack).storage.adoptAccount !== undefined;
      assert.equal(accounts.length, adopted ? 1 : 2);
      for (const account of accounts) {
        assert.equal(account.minimumTlsVersion, "TLS1_2");
        assert.equal(account.allowBlobPublicAccess, false);
        assert.equal(account.allowCrossTenantReplication, false);
        assert.equal(account.accessTier, "Hot");
        assert.equal(account.kind, "StorageV2");
        assert.equal(account.sku.name, settingsOf(stack).storage.zoneRedundant ? "Standard_ZRS" : "Standard_LRS");
        assert.match(account.accountName as string, /^[a-z0-9]{3,24}$/);
      }
      assert.deepEqual(
        accounts.map(({ allowSharedKeyAccess }) => allowSharedKeyAccess as boolean),
        adopted ? [false] : [true, false],
      );
    });

    it("deleted blobs and containers come back", async () => {
      const properties = ofType(await graph(), "azure-native:storage:BlobServiceProperties").map(inputsOf);
      assert.ok(properties.length > 0);
      for (const { deleteRetentionPolicy, containerDeleteRetentionPolicy } of properties) {
        assert.ok(deleteRetentionPolicy.enabled && deleteRetentionPolicy.days >= 1);
        assert.ok(containerDeleteRetentionPolicy.enabled && containerDeleteRetentionPolicy.days >= 1);
      }
    });

    it("an adopted account is the only one that recordings go to", async () => {
      const recorded = await graph();
      const { adoptAccount, appDataContainer } = settingsOf(stack).storage;
      const content = bundleContent(bundlesOf(recorded).find(({ name }) => name.endsWith("-master"))!);
      assert.equal(content.AZURE_CONTAINER_NAME, appDataContainer);
      assert.ok(content.AZURE_ACCOUNT_KEY);
      const created = ofType(recorded, "azure-native:storage:StorageAccount").map(
        (each) => inputsOf(each).accountName as string,
      );
      if (adoptAccount) assert.equal(content.AZURE_ACCOUNT_NAME, adoptAccount);
      else assert.equal(content.AZURE_ACCOUNT_NAME, created[0]);
      assert.equal((unwrap(recorded.outputs.storage) as Json).appData, appDataContainer);
    });

    it("every resource says where it is, for the provider would guess", async () => {
      const located =
        /^azure-native:.*:(VirtualMachine|VirtualMachineScaleSet|Disk|NetworkInterface|LoadBalancer|PublicIPAddress|VirtualNetwork|NetworkSecurityGroup|ApplicationSecurityGroup|Vault|StorageAccount|UserAssignedIdentity|ResourceGroup|AutoscaleSetting)$/;
      const { region } = settingsOf(stack);
      const elsewhere = (await graph()).resources
        .filter(({ type }) => located.test(type))
        .filter((each) => inputsOf(each).location !== region);
      assert.deepEqual(
        elsewhere.map(({ name }) => name),
        [],
      );
    });
  },
  { cloud: "azure", modes: ["up"] },
);

describe("Azure names", () => {
  /** Names that Azure wants to be unique in a region or in the world. */
  function globalNames(graph: Graph): string[] {
    const inputs = ["vaultName", "accountName", "loadBalancerName", "vmScaleSetName"];
    const named = graph.resources.filter(({ type }) =>
      /:(Vault|StorageAccount|LoadBalancer|VirtualMachineScaleSet|PublicIPAddress)$/.test(type),
    );
    return named
      .map(inputsOf)
      .flatMap((each) => [
        ...inputs.map((key) => each[key] as string | undefined),
        each.dnsSettings?.domainNameLabel as string | undefined,
      ])
      .filter((name): name is string => typeof name === "string");
  }

  it("of two stacks are different, also in one resource group", async () => {
    const [one, other] = await Promise.all([graphOf("azure-ha"), evaluateVariant("azure-ha", { as: "azure-ha-two" })]);
    const [first, second] = [globalNames(one), globalNames(other)];
    assert.ok(first.length >= 4 && first.length === second.length);
    assert.deepEqual(
      first.filter((name) => second.includes(name)),
      [],
    );
  });

  it("keep within the limits of their kinds", async () => {
    const recorded = await graphOf("azure-ha");
    assert.match(
      inputsOf(onlyOne(recorded, "azure-native:keyvault:Vault")).vaultName as string,
      /^[a-zA-Z][a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$/,
    );
    assert.ok((inputsOf(scaleSetOf(recorded)).vmScaleSetName as string).length <= 64);
  });

  it("without a domain the entry gets a label that nobody can take over", async () => {
    const recorded = await evaluateVariant("azure-ha", {
      config: { domain: undefined, certificate: { kind: "selfsigned" } },
    });
    assert.equal(recorded.exitCode, 0, recorded.log.map(({ message }) => message).join("\n"));
    const labels = ofType(recorded, "azure-native:network:PublicIPAddress")
      .map((each) => inputsOf(each).dnsSettings as Json | undefined)
      .filter(Boolean);
    assert.equal(labels.length, 1);
    assert.match(labels[0]?.domainNameLabelScope as string, /Reuse$/);
  });
});
