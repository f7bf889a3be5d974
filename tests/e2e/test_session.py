"""The first session of the README prints what the README shows."""

import unittest

import harness
import session


class Session(unittest.TestCase):
    maxDiff = None

    def test_the_readme_shows_what_is_printed(self):
        inside = session.block(session.README.read_text(encoding="utf-8"))[1]
        typed = 0
        for command, shown, printed in session.run(inside):
            typed += 1
            with self.subTest(command=command):
                self.assertEqual(session.plain(shown.strip()), session.plain(printed))
        self.assertGreater(typed, 8, f"{session.README.relative_to(harness.ROOT)} shows a session")


if __name__ == "__main__":
    unittest.main()
