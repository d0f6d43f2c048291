/**
 * Public keys that the outside world has stored for each deployment: built into visors and served by
 * the configuration service. A deployment with other keys is another deployment to them.
 *
 * Source: facts/skywire.md Appendix A. Expected values only: nothing is ever configured from here.
 */
import type { SkywireEnvironment } from "./hosts.ts";

/** Public key by identity. A dmsg-server is known by its port: addresses moved, ports did not (4.10). */
export type Identities = Readonly<Record<string, string>>;

/** Name under which a dmsg-server stands among the identities. */
export const dmsgServerIdentity = (publicPort: number): string => `dmsg-server:${publicPort}`;

/** The published public keys. */
export const publishedIdentities: Readonly<Record<SkywireEnvironment, Identities>> = {
  production: {
    "dmsg-discovery": "022e607e0914d6e7ccda7587f95790c09e126bbd506cc476a1eda852325aadd1aa",
    "transport-discovery": "02b307aee5c8ce1666c63891f8af25ad2f0a47a243914c963942b3ba35b9d095ae",
    "address-resolver": "03234b2ee4128d1f78c180d06911102906c80795dfe41bd6253f2619c8b6252a02",
    "route-finder": "039d89c5eedfda4a28b0c58b0b643eff949f08e4f68c8357278081d26f5a592d74",
    "uptime-tracker": "022c424caa6239ba7d1d9d8f7dab56cd5ec6ae2ea9ad97bb94ad4b48f62a540d3f",
    "service-discovery": "0204890f9def4f9a5448c2e824c6a4afc85fd1f877322320898fafdf407cc6fef7",
    "setup-node": "0324579f003e6b4048bae2def4365e634d8e0e3054a20fc7af49daf2a179658557",
    "dmsg-server:30081": "02a2d4c346dabd165fd555dfdba4a7f4d18786fe7e055e562397cd5102bdd7f8dd",
    "dmsg-server:30082": "03717576ada5b1744e395c66c2bb11cea73b0e23d0dcd54422139b1a7f12e962c4",
    "dmsg-server:30083": "03d5b55d1133b26485c664cf8b95cff6746d1e321c34e48c9fed293eff0d6d49e5",
    "dmsg-server:30084": "0228af3fd99c8d86a882495c8e0202bdd4da78c69e013065d8634286dd4a0ac098",
    "dmsg-server:30085": "0281a102c82820e811368c8d028cf11b1a985043b726b1bcdb8fce89b27384b2cb",
    "dmsg-server:30089": "02a49bc0aa1b5b78f638e9189be4ed095bac5d6839c828465a8350f80ac07629c0",
  },
  test: {
    "dmsg-discovery": "03cd2336e5de74bdab2bbdb44b06b0c8c713a5ee9029615f5526f8c99a6afe87b8",
    "transport-discovery": "02703cf828ea11d25b2c8eb0796132ecc7e53b22325b20ce3674ce5cd8693e4fb6",
    "address-resolver": "030eb7d8cf6eac40c19bbc433de6d6b9bb7a47f2e1d7095c6a01aa676471670ad2",
    "route-finder": "02ece5b69eaee13ef967b7eb67ca93f1dfddad3a51c9cb1808c4bd0d8d8aa32053",
    "uptime-tracker": "022c788cca11f208cdfd83ed0c2a8c7b661221736c461adc7c6738a2c1b041c7f8",
    "service-discovery": "038f751df4af75fb3d51f6693602bfe8289145e633ffdd1e67d686bea595f84d55",
    "setup-node": "026c2a3e92d6253c5abd71a42628db6fca9dd9aa037ab6f4e3a31108558dfd87cf",
    "dmsg-server:30080": "024716428e6315d954356e9ad72bea32bb2b41aab5a54a9b5cb4313964016e64d8",
  },
};

/** An identity whose key is not the published one. */
export interface IdentityMismatch {
  readonly identity: string;
  readonly expected: string;
  readonly actual: string;
}

/**
 * Compares the keys of a deployment with the published ones.
 *
 * An identity that the outside world does not know (a further setup-node) cannot be wrong.
 */
export function identityMismatches(
  environment: SkywireEnvironment,
  actual: Identities,
): IdentityMismatch[] {
  const published = publishedIdentities[environment];
  return Object.entries(actual).flatMap(([identity, key]) => {
    const expected = published[identity];
    return expected === undefined || expected === key ? [] : [{ identity, expected, actual: key }];
  });
}

/** Says mismatches to a person, with the two ways out. */
export function describeMismatches(mismatches: readonly IdentityMismatch[]): string {
  const lines = mismatches.map(
    ({ identity, expected, actual }) => `  ${identity}: published ${expected}, here ${actual}`,
  );
  return [
    "public keys differ from those that visors have built in:",
    ...lines,
    "import the published secret keys with make keys, or say fleet:identities: own",
  ].join("\n");
}
