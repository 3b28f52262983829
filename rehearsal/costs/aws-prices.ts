/**
 * AWS's list prices in US dollars, for what the program makes. A region without a number has no price here, and the
 * estimate says so. Linux, on demand, shared tenancy.
 * Read back in public copies of AWS's price list: us-east-1 in aws/karpenter-provider-aws (2026-01); other regions of
 * c6a, c6g, c6i, c7g, m6a, m6g, m7a and m7g in skypilot-org/skypilot-catalog; gp3, NAT gateways and addresses of
 * eu-west-1 and eu-central-1. All other numbers are from general knowledge of the list and still to be read back.
 */
import type { Price, PriceSource } from "./prices";

/** AWS publishes the same numbers on its pricing pages and in its Price List service. */
const ec2: PriceSource = {
  source: "Amazon EC2 On-Demand Pricing (aws.amazon.com/ec2/pricing/on-demand)",
  read: "2026-01",
};
const ebs: PriceSource = { source: "Amazon EBS pricing (aws.amazon.com/ebs/pricing)", read: "2026-01" };
const elb: PriceSource = {
  source: "Elastic Load Balancing pricing (aws.amazon.com/elasticloadbalancing/pricing)",
  read: "2026-01",
};
const vpc: PriceSource = { source: "Amazon VPC pricing (aws.amazon.com/vpc/pricing)", read: "2026-01" };
const secrets: PriceSource = {
  source: "AWS Secrets Manager pricing (aws.amazon.com/secrets-manager/pricing)",
  read: "2026-01",
};
const cloudWatch: PriceSource = {
  source: "Amazon CloudWatch pricing (aws.amazon.com/cloudwatch/pricing)",
  read: "2026-01",
};

/* prettier-ignore */
const machineRegions = [
  "us-east-1", "us-east-2", "us-west-2", "eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-north-1",
] as const;

/** By family: dollars per hour of size `xlarge` (4 vCPU), in the regions above. */
/* prettier-ignore */
const familyPrices: Readonly<Record<string, readonly (number | null)[]>> = {
  c5: [0.17, 0.17, 0.17, 0.192, null, null, 0.194, null],
  c6a: [0.153, 0.153, 0.153, 0.16416, 0.1818, null, 0.1746, null],
  c6g: [0.136, 0.136, 0.136, 0.14592, 0.1616, 0.162, 0.1552, 0.146],
  c6i: [0.17, 0.17, 0.17, 0.1824, 0.202, 0.202, 0.194, 0.182],
  c7g: [0.145, 0.1445, 0.145, 0.15505, 0.1717, 0.1717, 0.1649, 0.1547],
  c7i: [0.1785, 0.1785, 0.1785, 0.19152, null, null, 0.2037, null],
  m5: [0.192, 0.192, 0.192, 0.214, null, null, 0.23, null],
  m6a: [0.1728, 0.1728, 0.1728, 0.1926, 0.1998, 0.2016, 0.207, null],
  m6g: [0.154, 0.154, 0.154, 0.172, 0.1776, 0.18, 0.184, 0.164],
  m6i: [0.192, 0.192, 0.192, 0.214, null, null, 0.23, null],
  m7a: [0.23184, 0.23184, 0.23184, 0.2584, 0.26806, null, 0.27772, 0.24632],
  m7g: [0.1632, 0.1632, 0.1632, 0.1819, 0.1887, 0.1904, 0.1955, 0.1734],
  m7i: [0.2016, 0.2016, 0.2016, 0.2247, null, null, 0.2415, null],
};

/** Sizes of these families cost in proportion to their vCPUs; how many `xlarge` each is. Bare metal is left out. */
/* prettier-ignore */
const sizes: Readonly<Record<string, number>> = {
  medium: 1 / 4, large: 1 / 2, xlarge: 1, "2xlarge": 2, "4xlarge": 4, "8xlarge": 8, "12xlarge": 12, "16xlarge": 16,
  "24xlarge": 24, "32xlarge": 32, "48xlarge": 48,
};

/** Types with a GPU, whose sizes do not cost in proportion: dollars per hour, in the regions above. */
const typePrices: Readonly<Record<string, readonly (number | null)[]>> = {
  "g4dn.xlarge": [0.526, 0.526, 0.526, 0.587, null, null, 0.658, null],
  "g4dn.2xlarge": [0.752, 0.752, 0.752, 0.838, null, null, 0.94, null],
  "g5.xlarge": [1.006, 1.006, 1.006, 1.123, null, null, 1.258, null],
  "g5.2xlarge": [1.212, 1.212, 1.212, 1.353, null, null, 1.516, null],
};

/** A running machine of an instance type. */
export function machinePrice(instanceType: string, region: string): Price | undefined {
  const column = machineRegions.findIndex((each) => each === region);
  const [family = "", size = ""] = instanceType.split(".");
  const single = typePrices[instanceType]?.[column];
  if (typeof single === "number") return { amount: single, unit: "hour", ...ec2 };
  const xlarge = familyPrices[family]?.[column];
  const share = sizes[size];
  if (typeof xlarge !== "number" || share === undefined) return undefined;
  return { amount: xlarge * share, unit: "hour", ...ec2 };
}

/** By volume type: dollars per GB and month. Higher IOPS and throughput than come with it are not in here. */
/* prettier-ignore */
const volumePrices: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  gp3: {
    "us-east-1": 0.08, "us-east-2": 0.08, "us-west-2": 0.08,
    "eu-west-1": 0.088, "eu-west-2": 0.0928, "eu-west-3": 0.0928, "eu-central-1": 0.0952, "eu-north-1": 0.0836,
  },
};

/** A whole volume. */
export function volumePrice(volumeType: string, gib: number, region: string): Price | undefined {
  const perGib = volumePrices[volumeType]?.[region];
  return perGib === undefined ? undefined : { amount: perGib * gib, unit: "month", ...ebs };
}

interface Hourly {
  readonly from: PriceSource;
  readonly unit: Price["unit"];
  readonly regions: Readonly<Record<string, number>> | "everywhere";
  /** The price of every region, where it is one. */
  readonly amount?: number;
}

/** Other things, by piece. */
/* prettier-ignore */
const pieces = {
  networkLoadBalancer: {
    from: elb,
    unit: "hour",
    regions: {
      "us-east-1": 0.0225, "us-east-2": 0.0225, "us-west-2": 0.0225, "eu-west-1": 0.0252, "eu-central-1": 0.027,
    },
  },
  applicationLoadBalancer: {
    from: elb,
    unit: "hour",
    regions: {
      "us-east-1": 0.0225, "us-east-2": 0.0225, "us-west-2": 0.0225, "eu-west-1": 0.0252, "eu-central-1": 0.027,
    },
  },
  natGateway: {
    from: vpc,
    unit: "hour",
    regions: {
      "us-east-1": 0.045, "us-east-2": 0.045, "us-west-2": 0.045, "eu-west-1": 0.048, "eu-central-1": 0.052,
    },
  },
  publicAddress: { from: vpc, unit: "hour", regions: "everywhere", amount: 0.005 },
  secret: { from: secrets, unit: "month", regions: "everywhere", amount: 0.4 },
  /** Seven metrics of an instance at 0.30 each. */
  detailedMonitoring: { from: cloudWatch, unit: "month", regions: "everywhere", amount: 2.1 },
  alarm: { from: cloudWatch, unit: "month", regions: "everywhere", amount: 0.1 },
} as const satisfies Record<string, Hourly>;

/** Parts of AWS whose prices are the same in all of their regions here; China and GovCloud have their own. */
const commercial = /^(us|eu|ap|ca|sa|af|me|il|mx)-(?!gov)/;

/** One of the things above. */
export function piecePrice(piece: keyof typeof pieces, region: string): Price | undefined {
  const { from, unit, regions, amount }: Hourly = pieces[piece];
  const found = regions === "everywhere" ? (commercial.test(region) ? amount : undefined) : regions[region];
  return found === undefined ? undefined : { amount: found, unit, ...from };
}
