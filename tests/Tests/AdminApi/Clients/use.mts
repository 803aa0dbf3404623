// What somebody does with the client that openapi-typescript generates, and openapi-fetch.
import createClient from "openapi-fetch";
import type { components, paths } from "./portal.mjs";

declare const process: { argv: string[] };
const [, , url, token] = process.argv;
const portal = createClient<paths>({ baseUrl: url!, headers: { Authorization: `Bearer ${token}` } });

function check(isSo: boolean, what: string): asserts isSo {
  if (!isSo) {
    throw new Error(`This should be so: ${what}`);
  }
}

/** The data of an answer, or an exception. */
function expect<T>(answer: { data?: T; error?: unknown; response: Response }): T {
  check(answer.data !== undefined, `${answer.response.status} ${JSON.stringify(answer.error)} is a success`);
  return answer.data;
}

const added: components["schemas"]["AddressRange"][] = [];
for (let i = 0; i < 3; i++) {
  const range: components["schemas"]["RangeInput"] = {
    cidr: `203.0.113.${i}`,
    action: "allow",
    platforms: ["win"],
    validUntil: new Date(Date.now() + 86_400_000).toISOString(),
    schedule: i > 0 ? null : { timeZone: "UTC", windows: [{ days: ["monday", "tuesday"], from: "00:00", to: "24:00" }] },
  };
  added.push(expect(await portal.POST("/api/ranges", { body: range })));
}
check(added[0]!.schedule?.windows[0]?.days.length === 2 && added[1]!.schedule === null, "a schedule comes back");

// An answer can be sent back as it came.
const same = expect(await portal.PUT("/api/ranges/{id}", { params: { path: { id: added[0]!.id } }, body: added[0]! }));
check(same.updatedAt === added[0]!.updatedAt, "what says the same changes nothing");

const paged: string[] = [];
let cursor: string | null = null;
do {
  const page: components["schemas"]["AddressRangePage"] | string = expect(
    await portal.GET("/api/ranges", { params: { query: { limit: 2, ...(cursor !== null && { cursor }) } } }),
  );
  check(typeof page !== "string", "the list isn't CSV, which wasn't asked for");
  paged.push(...page.items.map((r) => r.id));
  cursor = page.nextCursor;
} while (cursor !== null);
check(paged.join() === added.map((r) => r.id).join(), "the pages have each range once");

const preview = expect(await portal.DELETE("/api/preview/ranges/{id}", { params: { path: { id: added[2]!.id } } }));
check(preview.changes.ranges.removed[0]?.cidr === "203.0.113.2/32" && !preview.needsForce, "the preview says what would be removed");
check(preview.lostEndpoints.every((lost) => lost.endpointId !== "") && preview.impact.losingCount === 0, "it shuts nobody out");
check(preview.impact.gaining.flatMap((person) => person.addresses).length === 0, "it lets nobody in");
const patched = expect(
  await portal.PATCH("/api/preview/ranges/{id}", { params: { path: { id: added[2]!.id } }, body: { enabled: false } }),
);
check(patched.changes.ranges.changed[0]?.fields[0]?.field === "enabled", "the preview says what would change");

const allowed = expect(
  await portal.POST("/api/evaluations", {
    body: { event: { "public-ip": "203.0.113.1", platform: "win", groups: ["staff"], "schema-version": "v3" } },
  }),
);
check(allowed.response.allow && allowed.rangeId === added[1]!.id && allowed.reason === null, "the range allows");
const denied = expect(
  await portal.POST("/api/evaluations", { body: { event: { "public-ip": "192.0.2.1", "schema-version": "v1" } } }),
);
check(denied.reason === "address-not-allowed" && !denied.response.allow, "no range allows");
check(denied.response["error-msg-on-failed-posture-compliance"] !== "", "somebody who is denied is told so");

const decisions: components["schemas"]["ShownDecisionPageOfDecisions"] | string = expect(
  await portal.GET("/api/decisions", {
    params: { query: { from: new Date(Date.now() - 86_400_000).toISOString(), reason: "address-not-allowed" } },
  }),
);
check(typeof decisions !== "string", "the decisions aren't CSV, which wasn't asked for");
check(decisions.items.some((d) => d.event?.["public-ip"] === "198.51.100.7" && d.otherEvent === null), "an event is there");
check(decisions.items.some((d) => d.event === null && d.otherEvent?.["platform-version"] === 10), "another event is there as well");

const deleted = await portal.DELETE("/api/ranges/{id}", { params: { path: { id: added[2]!.id } } });
check(deleted.response.status === 204, "the range is deleted");

const refused = await portal.POST("/api/ranges", { body: { cidr: "x" } });
check(refused.response.status === 400 && refused.error !== undefined, "a mistake is a problem");
const problem: components["schemas"]["Problem"] = refused.error;
check(problem.errors?.["cidr"]?.length === 1 && problem.faults?.[0]?.code === "not-an-address", "the problem names the member");
