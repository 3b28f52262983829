/**
 * The OpenVidu releases this project deploys, and what differs between them.
 * Sources: reference/aws-reference.md 1.3, 7.0 and 12, reference/azure-reference.md 11,
 * reference/onprem-v2-reference.md A.7.3 and A.11.2, reference/installer-hashes.json.
 */

/** How clients reach TURN over TLS: through the main domain, or (up to 3.5) only through a second domain. */
export type TurnStyle = "mainDomain" | "separateDomain";

/** One official bootstrap script as it stands at the release tag. */
export interface Installer {
  /** Path in the vendor's repository. */
  readonly path: string;
  /** SHA-256 of the file, in hex; a node refuses to run anything else. */
  readonly sha256: string;
}

export interface VersionFacts {
  /** Git tag from which the bootstrap scripts are fetched. */
  readonly tag: string;
  /** Docker Engine version that the release is made for; an older one makes the vendor's bootstrap stop. */
  readonly docker: string;
  /** Docker Compose version that the release is made for. */
  readonly dockerCompose: string;
  readonly turn: TurnStyle;
  /** Path of OpenVidu Meet below the domain. */
  readonly meetPath: string;
  /** Bootstrap scripts by edition and node role. */
  readonly installers: Readonly<Record<"ha" | "elastic", Readonly<Record<"master" | "media", Installer>>>>;
}

/** Supported releases, oldest first. */
export const versions = {
  "3.5.0": {
    tag: "v3.5.0",
    docker: "29.0.2",
    dockerCompose: "v2.40.3",
    turn: "separateDomain",
    meetPath: "/",
    installers: {
      ha: {
        master: {
          path: "openvidu-deployment/pro/ha/install_ov_master_node.sh",
          sha256: "8960da2ad6036fc141191079d8cdaf97330d3251be9ebaba94ed22e2dad6d1a5",
        },
        media: {
          path: "openvidu-deployment/pro/ha/install_ov_media_node.sh",
          sha256: "6b1f1039641ca592f01dbcea991bed9ab8dc07e525f340c3e60f173833a2bf86",
        },
      },
      elastic: {
        master: {
          path: "openvidu-deployment/pro/elastic/install_ov_master_node.sh",
          sha256: "b95336f15d0ea1144b31c6a360c5c1697df34f913c4ddd57403ba8803b82d832",
        },
        media: {
          path: "openvidu-deployment/pro/elastic/install_ov_media_node.sh",
          sha256: "18b7f18a210bccae9b389fe5294cc5619d27b8314bc50aae893f48b0ca57fdad",
        },
      },
    },
  },
  "3.6.0": {
    tag: "v3.6.0",
    docker: "29.2.1",
    dockerCompose: "v5.0.2",
    turn: "mainDomain",
    meetPath: "/meet",
    installers: {
      ha: {
        master: {
          path: "openvidu-deployment/pro/ha/install_ov_master_node.sh",
          sha256: "13506e15c9619129e9844bd4bcd91617085ca24dd420d8f67f53ae787523b790",
        },
        media: {
          path: "openvidu-deployment/pro/ha/install_ov_media_node.sh",
          sha256: "b5c55bf6cc92f414a309dbf0a5d89399db97dc254c47cf4e05d8e6af1df90647",
        },
      },
      elastic: {
        master: {
          path: "openvidu-deployment/pro/elastic/install_ov_master_node.sh",
          sha256: "1c7c489b46cd2f4b647b20206bb83e377a74d123445cb51842bd048675cfe379",
        },
        media: {
          path: "openvidu-deployment/pro/elastic/install_ov_media_node.sh",
          sha256: "fbce06585da2a45a6855c19e0231a8cba7f7f33f3d46c55052fc068bc1327966",
        },
      },
    },
  },
  "3.6.1": {
    tag: "v3.6.1",
    docker: "29.2.1",
    dockerCompose: "v5.0.2",
    turn: "mainDomain",
    meetPath: "/meet",
    installers: {
      ha: {
        master: {
          path: "openvidu-deployment/pro/ha/install_ov_master_node.sh",
          sha256: "0f705a6b38927b502aa6cef1c901194bd93613e169ee37f4b52bebdcb0296c3a",
        },
        media: {
          path: "openvidu-deployment/pro/ha/install_ov_media_node.sh",
          sha256: "9db742274f5a2fccf0bc59a6cfe01c6b2142219f2879ece7d65abcba5d9b26cb",
        },
      },
      elastic: {
        master: {
          path: "openvidu-deployment/pro/elastic/install_ov_master_node.sh",
          sha256: "243cbfea9ce1444ab53f9ba1bdbea9d1347c82882d6e01f1f315b82afc9fea74",
        },
        media: {
          path: "openvidu-deployment/pro/elastic/install_ov_media_node.sh",
          sha256: "8a7344900a766819d0e0c6af3bebceff7dcddc024607350e44c9473c02a08740",
        },
      },
    },
  },
  "3.7.0": {
    tag: "v3.7.0",
    docker: "29.4.2",
    dockerCompose: "v5.1.3",
    turn: "mainDomain",
    meetPath: "/meet",
    installers: {
      ha: {
        master: {
          path: "openvidu-deployment/pro/ha/install_ov_master_node.sh",
          sha256: "6936bddfeebecce855a1fc5ba003b969e314ee87f7ad37e5d6b21c3d51d34004",
        },
        media: {
          path: "openvidu-deployment/pro/ha/install_ov_media_node.sh",
          sha256: "5a453571be493dc772071740a7ee633e766c5d9c36fa33b5f99aa66a63807821",
        },
      },
      elastic: {
        master: {
          path: "openvidu-deployment/pro/elastic/install_ov_master_node.sh",
          sha256: "fdaebc7a729110049dafbdd9de7bf8bcfe2a687c86f22c54d87c0601413cb9e8",
        },
        media: {
          path: "openvidu-deployment/pro/elastic/install_ov_media_node.sh",
          sha256: "69c15c9ab72de6cb9c49dfecb547be952deacd35dfcd22cc4e26c162693da28b",
        },
      },
    },
  },
  "3.8.0": {
    tag: "v3.8.0",
    docker: "29.5.3",
    dockerCompose: "v5.1.4",
    turn: "mainDomain",
    meetPath: "/meet",
    installers: {
      ha: {
        master: {
          path: "openvidu-deployment/pro/ha/install_ov_master_node.sh",
          sha256: "1ebe5bae09103aa7746e4d490807a68d6546cd93da28bd869ebb3cdb9f5c7cff",
        },
        media: {
          path: "openvidu-deployment/pro/ha/install_ov_media_node.sh",
          sha256: "dd3fc9ab8f37304cbb3a335653e25f6ff82db3fe75bf6849bfd4b1f236eb4095",
        },
      },
      elastic: {
        master: {
          path: "openvidu-deployment/pro/elastic/install_ov_master_node.sh",
          sha256: "feae2e1b9fff75edb3c087d7263ce58b553d5f51193046e9359fb0875856d7f2",
        },
        media: {
          path: "openvidu-deployment/pro/elastic/install_ov_media_node.sh",
          sha256: "8d79aa04f303ef5ace2abda8233960480441591cb130fd48460770f071d41c71",
        },
      },
    },
  },
} as const satisfies Record<string, VersionFacts>;

export type OpenViduVersion = keyof typeof versions;

export const versionNames = Object.keys(versions) as OpenViduVersion[];

/** What a stack gets that does not name a version. */
export const defaultVersion: OpenViduVersion = "3.8.0";

/** Whether release `version` is `since` or later. */
export function isAtLeast(version: OpenViduVersion, since: OpenViduVersion): boolean {
  return versionNames.indexOf(version) >= versionNames.indexOf(since);
}
