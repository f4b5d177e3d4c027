package reception_test

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// texted plants what the confirmation of Max's visit leaves behind: the hash of its code.
func (b *bundle) texted(t *testing.T, code string) {
	t.Helper()
	b.database.Exec(t, `
insert into identity_codes (org_id, kind, contact_id, appointment_id, code_hash, expires_at) values
  ('a0000000-0000-7000-8000-000000000001', 'confirmation', 'a0000000-0000-7000-8000-0000000000d1',
   'a0000000-0000-7000-8000-0000000000f2', $1, '2030-03-06 16:30Z')`,
		b.keys.CodeHash(uuid.MustParse("a0000000-0000-7000-8000-000000000001"), code))
}

func TestACodeFromTheTextOpensItsVisit(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.family(t)
	b.texted(t, "419022")
	p := b.call(theirNumber)
	require.Contains(t, p.say(t, "verifyCaller", map[string]any{"code": "four one nine"}), "The code has six digits.")
	require.Contains(t, p.say(t, "verifyCaller", map[string]any{"code": "419023"}), "That does not match.")
	require.Equal(t, "Verified. You may now talk about this patient's visits and change them.",
		p.say(t, "verifyCaller", map[string]any{"code": "four one nine, oh double two"}))
	require.Equal(t, "Checkup for Max Quillfeather with Blake Reed on Wednesday, March 6 at 10 AM.", p.say(t, "findMyAppointments", nil))

	stranger := b.call("+13125550199")
	require.Contains(t, stranger.say(t, "verifyCaller", map[string]any{"code": "419022"}), "That does not match.", "on another number the name is asked too")
	require.Contains(t, stranger.say(t, "verifyCaller", map[string]any{"code": "4 1 9 0 2 2", "patientName": "Max Quillfeather"}), "Verified.")

	guesser := b.call("")
	for _, code := range []string{"000001", "000002", "000003"} {
		require.Contains(t, guesser.say(t, "verifyCaller", map[string]any{"code": code, "patientName": "Max Quillfeather"}), "That does not match.")
	}
	require.Contains(t, guesser.say(t, "verifyCaller", map[string]any{"code": "419022", "patientName": "Max Quillfeather"}), "No more tries.")
}

// Whether a number is on file shows only on the telephone it belongs to.
func TestACodeIsAskedForWithoutLearningAnything(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.family(t)
	const maybe = "If that number is on file, a code is on its way by text. Ask the caller to read it out, then verify with it."
	known, unknown := b.call(theirNumber), b.call("+13125550199")
	require.Equal(t, maybe, known.say(t, "verifyCaller", map[string]any{"sendCode": "yes"}))
	require.Equal(t, maybe, unknown.say(t, "verifyCaller", map[string]any{"sendCode": "yes"}))
	require.Equal(t, 1, b.count(t, `select count(*)::int from scheduled_messages where kind = 'code'`), "one text, to the number on file")
	require.Equal(t, maybe, unknown.say(t, "verifyCaller", map[string]any{"sendCode": "yes", "phoneNumber": "three one two, five five five, oh one double one"}))
	require.Equal(t, 2, b.count(t, `select count(*)::int from scheduled_messages where kind = 'code'`))
	require.Contains(t, unknown.say(t, "verifyCaller", map[string]any{"sendCode": "yes", "phoneNumber": "five five five"}), "not complete")
	require.Equal(t, maybe, unknown.say(t, "verifyCaller", map[string]any{"sendCode": "yes", "phoneNumber": "312 555 0198"}))
	require.Contains(t, unknown.say(t, "verifyCaller", map[string]any{"sendCode": "yes"}), "No more codes")
}
