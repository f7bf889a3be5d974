"""The sandbox's whole shop: every endpoint of v202309 by the scenarios of tests/e2e/shop, and the
days of old apps through the proxy by those of tests/e2e/days (their form: scenario.py)."""

import unittest

import harness
import scenario

HERE = harness.ROOT / "tests/e2e"


class Shop(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.judge = scenario.Judge()
        cls.broken = []
        for file in sorted([*HERE.glob("shop/*.json"), *HERE.glob("days/*.json")]):
            try:
                scenario.run(file, cls.judge)
            except AssertionError as error:
                cls.broken.append(str(error))

    def test_scenarios(self):
        self.assertEqual([], self.broken)

    def test_every_answer_fits_its_contract(self):
        self.assertEqual([], self.judge.faults[:40], f"{len(self.judge.faults)} do not fit")

    def test_every_endpoint_of_v202309_is_served(self):
        every = {contract.id for contract in self.judge.upstream}
        print(f"coverage: sandbox: {len(every & self.judge.served)} of {len(every)} endpoints of v202309")
        self.assertEqual([], sorted(every - self.judge.served))

    def test_every_legacy_endpoint_is_called(self):
        refused = ("/event/", "/authorization/authorize")
        every = {contract.id for contract in self.judge.old if not any(part in contract.id for part in refused)}
        called = every & set(self.judge.sent)
        print(f"coverage: days: {len(called)} of {len(every)} legacy endpoints against the sandbox")
        self.assertEqual([], sorted(every - called))

    def test_every_legacy_parameter_is_sent(self):
        wanted = {f"{contract.id}: {path}" for contract in self.judge.old for section in (contract.query, contract.body)
                  for path, field in section.fields.items() if contract.id in self.judge.sent and not field.unseen}
        sent = {f"{contract}: {path}" for contract, paths in self.judge.sent.items() for path in paths}
        print(f"coverage: days: {len(wanted & sent)} of {len(wanted)} legacy parameters against the sandbox")
        self.assertEqual([], sorted(wanted - sent)[:60])


if __name__ == "__main__":
    unittest.main()
