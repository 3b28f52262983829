/**
 * Azure's list prices in US dollars, for what the program makes. A region without a number has no price here, and the
 * estimate says so. Linux, pay as you go.
 * Read back in public copies of Azure's price list: machines in Azure/karpenter-provider-azure (2026-06); Premium SSD P10
 * of East US and West Europe, P15 of East US. All other numbers are from general knowledge of the list and still to be
 * read back.
 */
import type { Price, PriceSource } from "./prices";

/** Azure publishes the same numbers on its pricing pages and in its Retail Prices service (prices.azure.com). */
const machines: PriceSource = {
  source: "Linux Virtual Machines Pricing (azure.microsoft.com/pricing/details/virtual-machines/linux)",
  read: "2026-06",
};
const disks: PriceSource = {
  source: "Managed Disks pricing (azure.microsoft.com/pricing/details/managed-disks)",
  read: "2026-01",
};
const loadBalancing: PriceSource = {
  source: "Load Balancer pricing (azure.microsoft.com/pricing/details/load-balancer)",
  read: "2026-01",
};
const nat: PriceSource = {
  source: "Azure NAT Gateway pricing (azure.microsoft.com/pricing/details/azure-nat-gateway)",
  read: "2026-01",
};
const addresses: PriceSource = {
  source: "IP Addresses pricing (azure.microsoft.com/pricing/details/ip-addresses)",
  read: "2026-01",
};
const monitor: PriceSource = {
  source: "Azure Monitor pricing (azure.microsoft.com/pricing/details/monitor)",
  read: "2026-01",
};

/** Columns of the tables of machines: regions with the same prices share one. */
/* prettier-ignore */
const columns: Readonly<Record<string, number>> = {
  eastus: 0, eastus2: 0, westus2: 0, westeurope: 1, northeurope: 2, germanywestcentral: 3, swedencentral: 4, uksouth: 5,
  francecentral: 6,
};

/** By series (family, features and version of a size): dollars per hour and vCPU. */
/* prettier-ignore */
const seriesPrices: Readonly<Record<string, readonly (number | null)[]>> = {
  Bs: [0.0208, 0.024, 0.0225, 0.024, 0.0216, 0.0236, 0.0236],
  Bms: [0.0416, 0.048, 0.0455, 0.048, 0.0432, 0.0472, 0.0472],
  Bs_v2: [0.0415, 0.048, 0.0455, 0.048, 0.0432, 0.0472, 0.0473],
  Bas_v2: [0.0376, 0.0432, 0.0408, 0.0432, 0.0389, 0.0425, 0.0425],
  Ds_v3: [0.048, 0.06, 0.0535, 0.0575, 0.051, 0.058, 0.056],
  D_v4: [0.048, 0.0575, 0.0535, 0.0575, 0.051, 0.0555, 0.056],
  Ds_v4: [0.048, 0.0575, 0.0535, 0.0575, 0.051, 0.0555, 0.056],
  Dd_v4: [0.0565, 0.068, 0.063, 0.068, 0.06, 0.0655, 0.066],
  Dds_v4: [0.0565, 0.068, 0.063, 0.068, 0.06, 0.0655, 0.066],
  Da_v4: [0.048, 0.0575, 0.0535, 0.052, 0.051, 0.0555, 0.056],
  Das_v4: [0.048, 0.0575, 0.0535, 0.052, 0.051, 0.0555, 0.056],
  D_v5: [0.048, 0.0575, 0.0535, 0.0575, 0.051, 0.0555, 0.056],
  Ds_v5: [0.048, 0.0575, 0.0535, 0.0575, 0.051, 0.0555, 0.056],
  Dd_v5: [0.0565, 0.068, 0.063, 0.068, 0.06, 0.0655, 0.066],
  Dds_v5: [0.0565, 0.068, 0.063, 0.068, 0.06, 0.0655, 0.066],
  Das_v5: [0.043, 0.052, 0.048, 0.052, 0.046, 0.05, 0.0505],
  Dads_v5: [0.0515, 0.0625, 0.0575, 0.0625, 0.055, 0.06, 0.0605],
  Dls_v5: [0.0425, 0.0485, 0.0456, 0.0485, 0.0455, 0.0505, 0.0505],
  Dlds_v5: [0.048, 0.0555, 0.0545, 0.0555, 0.052, 0.0575, 0.0575],
  Dps_v5: [0.0385, 0.046, 0.043, 0.046, 0.041, 0.0444, 0.045],
  Dpds_v5: [0.0452, 0.0545, 0.0504, 0.0545, 0.048, 0.0521, 0.053],
  Dpls_v5: [0.034, 0.0388, 0.0365, 0.0388, 0.0365, 0.0404, 0.0405],
  Dplds_v5: [0.0384, 0.0445, 0.0436, 0.0445, 0.0416, 0.046, 0.0462],
  Ds_v6: [0.0504, 0.0604, 0.0562, 0.0604, 0.0535, 0.0583, 0.0588],
  Dds_v6: [0.0623, 0.0746, 0.0694, 0.0746, 0.0662, 0.072, 0.0727],
  Dls_v6: [0.0446, 0.0509, 0.0479, 0.0509, 0.0478, 0.053, 0.053],
  Dlds_v6: [0.0552, 0.0629, 0.0592, 0.0629, 0.059, 0.0655, 0.0655],
  Das_v6: [0.0454, 0.0549, 0.0506, 0.0549, 0.0485, 0.0528, 0.0533],
  Dads_v6: [0.057, 0.069, 0.0637, 0.069, 0.061, 0.0663, 0.067],
  Dals_v6: [0.0402, 0.0486, 0.0448, 0.0486, 0.043, 0.0467, 0.0472],
  Dalds_v6: [0.0476, 0.0576, 0.0532, 0.0576, 0.051, 0.0554, 0.0559],
  Dps_v6: [0.0351, 0.0419, 0.0392, 0.0419, 0.0374, 0.0405, 0.041],
  Dpds_v6: [0.0459, 0.0549, 0.0513, 0.0549, 0.0489, 0.0529, 0.0537],
  Dpls_v6: [0.031, 0.0371, 0.0347, 0.0371, 0.0331, 0.0358, 0.0363],
  Dplds_v6: [0.039, 0.0466, 0.0436, 0.0466, 0.0416, 0.045, 0.0456],
  Das_v7: [0.0454, 0.0549, 0.0506, 0.0549, 0.0485, 0.0528, 0.0533],
  Dads_v7: [0.057, 0.069, 0.0637, 0.069, 0.061, 0.0663, 0.067],
  Dals_v7: [0.0402, 0.0486, 0.0448, 0.0486, 0.043, 0.0467, 0.0472],
  Dalds_v7: [0.0476, 0.0576, 0.0532, 0.0576, 0.051, 0.0554, 0.0559],
  E_v4: [0.063, 0.076, 0.0705, 0.076, 0.067, 0.074, 0.074],
  Es_v4: [0.063, 0.076, 0.0705, 0.076, 0.067, 0.074, 0.074],
  Ed_v4: [0.072, 0.0865, 0.08, 0.0865, 0.076, 0.0845, 0.0845],
  Eds_v4: [0.072, 0.0865, 0.08, 0.0865, 0.076, 0.0845, 0.0845],
  Ea_v4: [0.063, 0.076, 0.0705, 0.076, 0.067, 0.074, 0.074],
  Eas_v4: [0.063, 0.076, 0.0705, 0.076, 0.067, 0.074, 0.074],
  E_v5: [0.063, 0.076, 0.0705, 0.076, 0.067, 0.074, 0.074],
  Es_v5: [0.063, 0.076, 0.0705, 0.076, 0.067, 0.074, 0.074],
  Ed_v5: [0.072, 0.0865, 0.08, 0.0865, 0.076, 0.0845, 0.0845],
  Eds_v5: [0.072, 0.0865, 0.08, 0.0865, 0.076, 0.0845, 0.0845],
  Eas_v5: [0.0565, 0.0685, 0.0635, 0.0685, 0.0605, 0.0665, 0.0665],
  Eads_v5: [0.0655, 0.079, 0.073, 0.079, 0.0695, 0.077, 0.0765],
  Eps_v5: [0.0504, 0.0608, 0.0564, 0.0608, 0.0535, 0.0592, 0.059],
  Epds_v5: [0.0576, 0.069, 0.064, 0.069, 0.0608, 0.0677, 0.0675],
  Es_v6: [0.0661, 0.0798, 0.074, 0.0798, 0.0704, 0.0777, 0.0777],
  Eds_v6: [0.0818, 0.0986, 0.0915, 0.0986, 0.087, 0.096, 0.096],
  Eas_v6: [0.0596, 0.0721, 0.0665, 0.0721, 0.0638, 0.0693, 0.07],
  Eads_v6: [0.0726, 0.0877, 0.081, 0.0877, 0.0776, 0.0844, 0.0852],
  Eps_v6: [0.0461, 0.0551, 0.0515, 0.0551, 0.0491, 0.0531, 0.0539],
  Epds_v6: [0.0585, 0.0699, 0.0653, 0.0699, 0.0623, 0.0674, 0.0683],
  Fs_v2: [0.0423, 0.0485, 0.048, 0.0485, 0.0485, 0.0505, 0.0505],
  Fas_v6: [0.0683, 0.0826, 0.0762, 0.0826, 0.073, 0.0794, 0.0802],
  Fals_v6: [0.0605, 0.0731, 0.0675, 0.0731, 0.0647, 0.0703, 0.071],
  Fams_v6: [0.0895, 0.1082, 0.0999, 0.1082, 0.0957, 0.104, 0.1051],
  NCads_A100_v4: [0.153, 0.199, 0.1836, 0.199, 0.199, 0.1913, 0.1913],
  NCads_H100_v5: [0.1745, 0.227, 0.2094, 0.2268, 0.2268, 0.2181, null],
  NCadis_H100_v5: [0.1745, 0.227, 0.2094, 0.2268, 0.2268, 0.2181, null],
  NVs_v3: [0.095, 0.1188, 0.1008, null, null, 0.1188, 0.1188],
  NVas_v4: [0.0583, 0.0728, 0.0699, 0.0728, 0.0815, 0.0728, 0.0728],
  NVadms_A10_v5: [0.1256, 0.1632, 0.1507, 0.1632, 0.1632, 0.1569, 0.1569],
};

/** Sizes that do not cost in proportion to their vCPUs: dollars per hour. */
/* prettier-ignore */
const sizePrices: Readonly<Record<string, readonly (number | null)[]>> = {
  Standard_NC4as_T4_v3: [0.526, 0.658, 0.587, 0.658, 0.558, 0.615, 0.615],
  Standard_NC8as_T4_v3: [0.752, 0.94, 0.838, 0.939, 0.796, 0.88, 0.878],
  Standard_NC16as_T4_v3: [1.204, 1.505, 1.342, 1.504, 1.276, 1.409, 1.407],
  Standard_NC64as_T4_v3: [4.352, 5.44, 4.853, 5.428, 4.603, 5.092, 5.077],
  Standard_NV6ads_A10_v5: [0.454, 0.59, 0.545, 0.59, 0.59, 0.567, 0.567],
  Standard_NV12ads_A10_v5: [0.908, 1.18, 1.09, 1.18, 1.18, 1.135, 1.135],
  Standard_NV18ads_A10_v5: [1.6, 2.08, 1.92, 2.08, 2.08, 2.0, 2.0],
  Standard_NV36ads_A10_v5: [3.2, 4.16, 3.84, 4.16, 4.16, 4.0, 4.0],
  Standard_NV72ads_A10_v5: [6.52, 8.476, 7.824, 8.476, 8.476, 8.15, 8.15],
};

const sizeShape = /^Standard_([A-Z]+)(\d+)([a-z]*)(?:_(.+))?$/;

/** A running machine of a size. */
export function machinePrice(size: string, region: string): Price | undefined {
  const column = columns[region];
  if (column === undefined) return undefined;
  const single = sizePrices[size]?.[column];
  if (typeof single === "number") return { amount: single, unit: "hour", ...machines };
  const [, family = "", vcpus = "0", features = "", version] = sizeShape.exec(size) ?? [];
  const perVcpu = seriesPrices[`${family}${features}${version === undefined ? "" : `_${version}`}`]?.[column];
  // Sizes with one vCPU cost less than half of the next one.
  if (typeof perVcpu !== "number" || Number(vcpus) < 2) return undefined;
  return { amount: perVcpu * Number(vcpus), unit: "hour", ...machines };
}

/** Disks are paid for by tier: a disk costs what the smallest tier costs into which it fits. */
const tierGib = [32, 64, 128, 256, 512, 1024, 2048, 4096] as const;

/** By kind of disk and region: dollars per month of each tier above. Copies in one zone (LRS). */
const americanPremium = [5.28, 10.21, 19.71, 38.01, 73.22, 135.17, 259.05, 495.57];
const standardSsd = [2.4, 4.8, 9.6, 19.2, 38.4, 76.8, 153.6, 307.2];
const diskPrices: Readonly<Record<string, Readonly<Record<string, readonly number[]>>>> = {
  Premium_LRS: {
    eastus: americanPremium,
    eastus2: americanPremium,
    westus2: americanPremium,
    westeurope: [5.81, 11.23, 21.68, 41.82, 80.54, 148.68, 284.95, 545.13],
  },
  StandardSSD_LRS: { eastus: standardSsd, westeurope: standardSsd },
};

/** A whole disk. */
export function diskPrice(kind: string, gib: number, region: string): Price | undefined {
  const tier = tierGib.findIndex((size) => gib <= size);
  const amount = diskPrices[kind]?.[region]?.[tier];
  return amount === undefined ? undefined : { amount, unit: "month", ...disks };
}

/** Other things, by piece. Azure asks the same for them in all regions of its public cloud. */
const pieces = {
  /** A Standard load balancer with its first five rules. */
  loadBalancer: { amount: 0.025, unit: "hour", from: loadBalancing },
  /** Each rule beyond them. */
  loadBalancerRule: { amount: 0.01, unit: "hour", from: loadBalancing },
  natGateway: { amount: 0.045, unit: "hour", from: nat },
  publicAddress: { amount: 0.005, unit: "hour", from: addresses },
  /** A metric alert on one time series. */
  alarm: { amount: 0.1, unit: "month", from: monitor },
} as const satisfies Record<string, { amount: number; unit: Price["unit"]; from: PriceSource }>;

/** Rules that the price of a load balancer contains. */
export const rulesIncluded = 5;

/** Regions of the sovereign clouds (China, US government, US defence), which have prices of their own. */
const sovereign = /^(china|usgov|usdod)/;

/** One of the things above. */
export function piecePrice(piece: keyof typeof pieces, region: string): Price | undefined {
  if (region === "" || sovereign.test(region)) return undefined;
  const { amount, unit, from } = pieces[piece];
  return { amount, unit, ...from };
}
