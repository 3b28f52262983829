import assert from "node:assert/strict";
import { type Graph, isSecret, type RecordedResource } from "../../../rehearsal/graph";
import { exampleGraph } from "../../support/graphs";
import { inputsOf, ofType, onlyOne } from "../../support/graph-queries";

const type = (name: string): string => `azure-native:${name}`;

/** The shortest stack, and the one that adopts what there is. */
for (const stack of ["azure-ha", "azure-ha-production"]) {
  describe(`resources of ${stack}`, function () {
    this.timeout(60_000);
    let graph: Graph;
    before(async () => {
      graph = await exampleGraph(stack);
    });
    const all = (name: string): Record<string, any>[] => ofType(graph, type(name)).map(inputsOf);
    const one = (name: string): Record<string, any> => inputsOf(onlyOne(graph, type(name)));
    const optionsOf = (resource: RecordedResource): RecordedResource["options"] => resource.options;

    it("scale set: Flexible, upgraded by nobody, with a Standard address per node that goes with it", () => {
      const set = one("compute:VirtualMachineScaleSet");
      assert.equal(set.orchestrationMode, "Flexible");
      assert.equal(set.upgradePolicy.mode, "Manual");
      assert.equal(set.platformFaultDomainCount, 1);
      assert.equal(set.singlePlacementGroup, false);
      assert.equal(set.overprovision, undefined);
      assert.equal(set.automaticRepairsPolicy, undefined);
      const [nic] = set.virtualMachineProfile.networkProfile.networkInterfaceConfigurations;
      const address = nic.ipConfigurations[0].publicIPAddressConfiguration;
      assert.deepEqual([address.sku.name, address.deleteOption, nic.deleteOption], ["Standard", "Delete", "Delete"]);
      assert.equal(set.virtualMachineProfile.storageProfile.osDisk.deleteOption, "Delete");
    });

    it("scale set: the capacity is the autoscaler's, a deletion gives the longest notice", () => {
      const set = onlyOne(graph, type("compute:VirtualMachineScaleSet"));
      assert.deepEqual(optionsOf(set).ignoreChanges, ["sku.capacity"]);
      const { scheduledEventsProfile } = inputsOf(set).virtualMachineProfile;
      assert.deepEqual(scheduledEventsProfile.terminateNotificationProfile, {
        enable: true,
        notBeforeTimeout: "PT15M",
      });
    });

    it("autoscaler: on, adds nodes only, between limits that are text", () => {
      const { enabled, profiles } = one("monitor:AutoscaleSetting");
      assert.equal(enabled, true);
      const [{ capacity, rules }] = profiles;
      assert.deepEqual(
        rules.map((rule: any) => rule.scaleAction.direction),
        ["Increase"],
      );
      assert.ok(Object.values(capacity).every((limit) => typeof limit === "string"));
      assert.equal(capacity.default, capacity.minimum);
    });

    it("masters: no public address, own zone each for the disk and the machine, frozen until rebuilt", () => {
      const machines = ofType(graph, type("compute:VirtualMachine"));
      assert.equal(machines.length, 4);
      const zones = machines.map((machine) => inputsOf(machine).zones);
      assert.deepEqual(zones, [["1"], ["2"], ["3"], ["1"]]);
      assert.deepEqual(
        all("compute:Disk").map((disk) => disk.zones),
        zones,
      );
      for (const nic of all("network:NetworkInterface")) {
        assert.equal(nic.ipConfigurations[0].publicIPAddress, undefined);
        assert.equal(nic.ipConfigurations[0].loadBalancerBackendAddressPools.length, 1);
      }
      for (const machine of machines) {
        const { ignoreChanges, deleteBeforeReplace, replacementTrigger } = optionsOf(machine);
        // Whole properties: what is frozen by a longer path would stay the old one even in a rebuilt machine.
        assert.deepEqual(ignoreChanges, ["hardwareProfile", "osProfile", "securityProfile", "storageProfile"]);
        assert.deepEqual([deleteBeforeReplace, replacementTrigger], [true, 1]);
      }
    });

    it("masters: interface and data disk outlive the machine, the system disk does not", () => {
      for (const { networkProfile, storageProfile } of all("compute:VirtualMachine")) {
        assert.equal(networkProfile.networkInterfaces[0].deleteOption, "Detach");
        assert.deepEqual(
          storageProfile.dataDisks.map((disk: any) => [disk.lun, disk.createOption, disk.deleteOption]),
          [[0, "Attach", "Detach"]],
        );
        assert.equal(storageProfile.osDisk.deleteOption, "Delete");
      }
      for (const disk of ofType(graph, type("compute:Disk"))) {
        const { protect, retainOnDelete, ignoreChanges } = optionsOf(disk);
        assert.deepEqual([protect, retainOnDelete, ignoreChanges], [true, true, ["sku", "zones"]]);
      }
    });

    it("all machines: log-in by key, console log, identity of their own kind", () => {
      const set = one("compute:VirtualMachineScaleSet");
      const machines = [...all("compute:VirtualMachine"), { ...set.virtualMachineProfile, identity: set.identity }];
      for (const { osProfile, diagnosticsProfile, identity } of machines) {
        assert.equal(osProfile.linuxConfiguration.disablePasswordAuthentication, true);
        assert.equal(osProfile.linuxConfiguration.ssh.publicKeys.length, 1);
        assert.equal(diagnosticsProfile.bootDiagnostics.enabled, true);
        assert.equal(identity.type, "UserAssigned");
      }
      const identities = machines.map(({ identity }) => identity.userAssignedIdentities.join());
      assert.equal(new Set(identities).size, 2);
      assert.notEqual(identities[0], identities[4]);
    });

    it("load balancer: each rule has a probe of its own over HTTP and may be silent for half an hour (AZ-N8)", () => {
      const { loadBalancingRules: rules, probes, sku } = one("network:LoadBalancer");
      assert.equal(sku.name, "Standard");
      assert.equal(new Set(rules.map((rule: any) => rule.probe.id)).size, rules.length);
      assert.deepEqual(
        new Set(probes.map((probe: any) => `${probe.protocol} ${probe.requestPath}`)),
        new Set(["Http /health/caddy"]),
      );
      for (const rule of rules) {
        assert.deepEqual([rule.idleTimeoutInMinutes, rule.enableTcpReset, rule.disableOutboundSnat], [30, true, true]);
      }
    });

    it("vault: by roles, from known networks only, kept for a while (AZ-X5, AZ-D7)", () => {
      const vault = onlyOne(graph, type("keyvault:Vault"));
      const { properties } = inputsOf(vault);
      assert.equal(properties.enableRbacAuthorization, true);
      assert.equal(properties.enablePurgeProtection, true);
      assert.equal(properties.enableSoftDelete, true);
      assert.equal(properties.networkAcls.defaultAction, "Deny");
      const subnets = properties.networkAcls.virtualNetworkRules.map(({ id }: { id: string }) => id);
      assert.equal(new Set(subnets).size, subnets.length);
      assert.equal(subnets.length, 2);
      assert.equal(optionsOf(vault).retainOnDelete, true);
    });

    it("vault: a period that Azure cannot change is refused in the preview, not half-way", () => {
      const { protect, replaceOnChanges } = optionsOf(onlyOne(graph, type("keyvault:Vault")));
      assert.equal(protect, true);
      assert.deepEqual(replaceOnChanges, ["properties.softDeleteRetentionInDays"]);
    });

    it("secrets: one per kind of node, marked secret, each readable by one identity and no wider than itself (AZ-X4)", () => {
      const secrets = ofType(graph, type("keyvault:Secret"));
      assert.equal(secrets.length, 2);
      for (const { inputs, options } of secrets) {
        const properties = inputs.properties as Record<string, unknown>;
        assert.ok(isSecret(properties) || isSecret(properties.value));
        assert.equal(options.retainOnDelete, true);
      }
      const grants = all("authorization:RoleAssignment").filter(({ scope }) =>
        (scope as string).includes("/Microsoft.KeyVault/"),
      );
      assert.deepEqual(
        grants.map(({ scope }) => scope),
        secrets.map(({ id }) => id),
      );
      assert.equal(new Set(grants.map(({ principalId }) => principalId)).size, 2);
      for (const { principalType, roleDefinitionId, roleAssignmentName } of grants) {
        assert.equal(principalType, "ServicePrincipal");
        assert.match(roleDefinitionId, /\/roleDefinitions\/4633458b-17de-408a-b874-0445c86b69e6$/);
        // The provider draws a name that no other deployment has (AZ-D5).
        assert.match(roleAssignmentName ?? "", /^([0-9a-f-]{36})?$/);
      }
    });

    it("accounts: TLS 1.2, no public blobs, hot; ours without keys; everything kept (AZ-X6)", () => {
      const accounts = ofType(graph, type("storage:StorageAccount"));
      for (const account of accounts) {
        const inputs = inputsOf(account);
        assert.equal(inputs.minimumTlsVersion, "TLS1_2");
        assert.equal(inputs.allowBlobPublicAccess, false);
        assert.equal(inputs.accessTier, "Hot");
        assert.equal(inputs.sku.name, "Standard_ZRS");
        assert.ok(optionsOf(account).protect && optionsOf(account).retainOnDelete);
      }
      const keyed = accounts.map((account) => inputsOf(account).allowSharedKeyAccess);
      assert.deepEqual(keyed, stack === "azure-ha" ? [true, false] : [false]);
      const protections = ofType(graph, type("storage:BlobServiceProperties"));
      assert.equal(protections.length, accounts.length);
      assert.ok(protections.every(({ options }) => options.retainOnDelete));
    });
  });
}

describe("network of azure-ha", function () {
  this.timeout(60_000);
  let graph: Graph;
  before(async () => {
    graph = await exampleGraph("azure-ha");
  });

  it("has a way out for masters only, and keeps its group when destroyed", () => {
    const subnets = ofType(graph, type("network:Subnet")).map(inputsOf);
    assert.deepEqual(
      subnets.map(({ natGateway }) => natGateway !== undefined),
      [true, false],
    );
    for (const { defaultOutboundAccess, serviceEndpoints } of subnets) {
      assert.equal(defaultOutboundAccess, false);
      assert.deepEqual(
        serviceEndpoints.map(({ service }: { service: string }) => service),
        ["Microsoft.KeyVault", "Microsoft.Storage"],
      );
    }
    assert.equal(onlyOne(graph, type("resources:ResourceGroup")).options.retainOnDelete, true);
  });

  it("fixes the masters' addresses before anything exists", () => {
    const addresses = ofType(graph, type("network:NetworkInterface")).map((nic) => {
      const [{ privateIPAllocationMethod, privateIPAddress }] = inputsOf(nic).ipConfigurations;
      return [privateIPAllocationMethod, privateIPAddress];
    });
    assert.deepEqual(
      addresses,
      [4, 5, 6, 7].map((host) => ["Static", `10.0.128.${host}`]),
    );
  });

  it("spreads the entry's address over all zones and protects it", () => {
    const entry = ofType(graph, type("network:PublicIPAddress")).find(({ name }) => name.includes("entry"));
    assert.ok(entry);
    assert.deepEqual(inputsOf(entry).zones, ["1", "2", "3"]);
    assert.equal(entry.options.protect, true);
  });
});
