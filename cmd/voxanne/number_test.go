package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

// outside is what the providers have of the clinic's.
func (m *managed) outside() []any {
	at, _ := m.twilio.Number(managedSID, managedNumber)
	return []any{at, m.vapi.PhoneNumbers(), m.vapi.Credentials()}
}

// owned counts the clinic's rows of the number.
func (m *managed) owned(t *testing.T) (n int) {
	t.Helper()
	require.NoError(t, m.data.Pool(t).QueryRow(t.Context(), `select count(*) from public.phone_numbers where org_id = $1`, m.org).Scan(&n))
	return n
}

func TestANumberIsReleasedOnceItIsConfirmed(t *testing.T) {
	t.Parallel()
	m := answering(t)
	before := m.outside()

	var dry release
	require.Equal(t, 0, m.reads(t, &dry, "number", "release", managedNumber, "--dry-run"))
	require.Equal(t, release{Number: managedNumber, orgShown: orgShown{m.org, m.slug}, DryRun: true, ProvisioningID: &m.run, State: "active",
		Undoes: []string{"messaging", "import", "credential"}}, dry)

	status, out, complaints := m.command(t, "number", "release", managedNumber)
	require.Equal(t, []any{2, ""}, []any{status, out}, "no terminal, no --yes")
	require.Contains(t, complaints, "--yes")
	for _, typed := range []string{"", "y", "+13125550218"} {
		status, out, complaints = m.answer(t, typed, "number", "release", managedNumber)
		require.Equal(t, []any{1, ""}, []any{status, out})
		require.Contains(t, complaints, "not confirmed; nothing was changed")
	}
	require.Equal(t, before, m.outside())
	require.Equal(t, []any{"active", 1}, []any{m.state(t), m.owned(t)})

	m.worker(t)
	status, out, complaints = m.answer(t, managedNumber, "number", "release", managedNumber)
	require.Equal(t, 0, status, complaints)
	require.Equal(t, managedNumber+" of "+m.slug+" is released (taken back outside: messaging, import, credential).\n", out)
	require.Equal(t, []any{"released", 0}, []any{m.state(t), m.owned(t)})
	require.Empty(t, m.vapi.PhoneNumbers())
	require.Empty(t, m.vapi.Credentials())

	status, _, complaints = m.command(t, "number", "release", managedNumber, "--yes")
	require.Equal(t, 1, status)
	require.Contains(t, complaints, "no clinic has this number")
}

// A terminal's read cannot be stopped: Ctrl-C at the question must not wait for a line.
func TestCtrlCAtTheQuestionIsANo(t *testing.T) {
	t.Parallel()
	terminal, keyboard := io.Pipe()
	defer keyboard.Close()
	ctx, interrupt := context.WithCancel(t.Context())
	var said bytes.Buffer
	p := process{in: terminal, terminal: true, err: &said}
	interrupt()
	require.EqualError(t, p.confirm(ctx, "It is given up.", managedNumber), "not confirmed; nothing was changed")
	require.Contains(t, said.String(), "Type "+managedNumber)
}

func TestAReleaseThatTakesTimeSaysWhereItStands(t *testing.T) {
	t.Parallel()
	m := answering(t)
	status, out, complaints := m.command(t, "number", "release", "--yes", "--timeout", "1ms", "--json", managedNumber)
	require.Equal(t, 1, status)
	require.Contains(t, complaints, "the workers go on")
	var r release
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.Equal(t, []any{"releasing", false}, []any{r.State, r.Released})
	m.worker(t) // nobody asks twice: the same again waits for the same run
	require.Equal(t, 0, m.reads(t, &r, "number", "release", managedNumber, "--yes"))
	require.Equal(t, []any{"released", true, m.run}, []any{r.State, r.Released, *r.ProvisioningID})
}

func TestANumberThatWasNeverAtVapiIsReleasedAtOnce(t *testing.T) {
	t.Parallel()
	m := manage(t)
	m.data.Exec(t, `update public.phone_numbers set vapi_phone_number_id = null where number = '+13125550100'`)
	var r release
	require.Equal(t, 0, m.reads(t, &r, "number", "release", "+13125550100", "--dry-run"))
	require.Equal(t, []any{"lakeside", "", []string{}}, []any{r.Org, r.State, r.Undoes})
	require.Nil(t, r.ProvisioningID)
	require.Equal(t, 0, m.reads(t, &r, "number", "release", "+13125550100", "--yes"))
	require.Equal(t, []any{"released", true}, []any{r.State, r.Released})
}

func TestANumberThatVapiHadBeforeOurRunsIsTakenAwayThere(t *testing.T) {
	t.Parallel()
	m := manage(t)
	id, err := m.vapi.AddPhoneNumber([]byte(`{"number": "+13125550100", "name": "Front desk", "provider": "twilio"}`))
	require.NoError(t, err)
	m.data.Exec(t, `update public.phone_numbers set vapi_phone_number_id = $1 where number = '+13125550100'`, id)
	var r release
	require.Equal(t, 0, m.reads(t, &r, "number", "release", "+13125550100", "--dry-run"))
	require.Equal(t, []any{"lakeside", "", []string{"import"}}, []any{r.Org, r.State, r.Undoes})
	require.Len(t, m.vapi.PhoneNumbers(), 1)
	m.worker(t)
	require.Equal(t, 0, m.reads(t, &r, "number", "release", "+13125550100", "--yes"))
	require.Equal(t, []any{"released", true}, []any{r.State, r.Released})
	require.Empty(t, m.vapi.PhoneNumbers())
}
