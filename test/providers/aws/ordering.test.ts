/**
 * What on AWS has to be there before something else, and therefore also outlives it.
 */
import assert from "node:assert/strict";
import { allDependencies, inputsOf, ofType } from "../../support/graph-queries";
import { exampleGraph } from "../../support/graphs";

describe("order of resources on AWS", () => {
  const behind = [
    ["master", "aws:ec2/instance:Instance"],
    ["media", "aws:autoscaling/group:Group"],
    ["load-balancer", "aws:lb/loadBalancer:LoadBalancer"],
  ] as const;
  for (const [tier, type] of behind) {
    it(`${type} has its firewall's rules from its first packet to its last, so that a destroy can drain (AWS-W-23)`, async () => {
      const graph = await exampleGraph("aws-ha");
      const rules = graph.resources.filter(({ name }) =>
        new RegExp(`^openvidu-firewall-${tier}-(ingress|egress)-`).test(name),
      );
      assert.ok(rules.length >= 4, `${rules.length} rules`);
      for (const resource of ofType(graph, type)) {
        const needed = allDependencies(graph, resource);
        for (const { urn, name } of rules) assert.ok(needed.has(urn), `${resource.name} does not wait for ${name}`);
      }
    });
  }

  it("a subnet joins a route table only when the way out is in it, so that an edit of `nat` cuts nobody off", async () => {
    const graph = await exampleGraph("aws-ha");
    const links = ofType(graph, "aws:ec2/routeTableAssociation:RouteTableAssociation");
    assert.equal(links.length, 6);
    for (const link of links) {
      const [route, ...others] = ofType(graph, "aws:ec2/route:Route").filter(
        (each) => inputsOf(each).routeTableId === inputsOf(link).routeTableId,
      );
      assert.ok(route && others.length === 0, link.name);
      assert.ok(allDependencies(graph, link).has(route.urn), `${link.name} does not wait for ${route.name}`);
    }
  });
});
