package voice

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTextFindsEveryAlias(t *testing.T) {
	t.Parallel()
	for _, name := range []string{ArgAppointmentDate, ArgAppointmentTime, ArgCurrentDate, ArgCurrentTime, ArgNewDate, ArgNewTime,
		ArgWeekday, ArgPartOfDay, ArgServiceType, ArgPractitioner, ArgPatientName, ArgPatientPhone, ArgPatientEmail, ArgDateOfBirth,
		ArgCode, ArgSendCode, ArgBookingRef, ArgAnotherPerson, ArgNotes, ArgMessage, ArgCallerName, ArgCallbackNumber, ArgUrgent, ArgReason, ArgQuery} {
		require.Greater(t, len(aliases(name)), 1, name)
		for _, alias := range aliases(name) {
			require.Equal(t, "yes", Args{alias: " yes "}.Text(name), alias)
		}
	}
	require.Equal(t, "x", Args{"hold": "x"}.Text(ArgHold))
}

func TestTextTakesTheFirstThatHoldsSomething(t *testing.T) {
	t.Parallel()
	a := Args{"patientName": "", "customerName": "N/A", "name": "Ann Quillby", "phone": json.Number("13125550123"),
		"another_person": true, "email": "{{customer.email}}", "dob": nil, "notes": "unknown", "service": []any{"x"}}
	require.Equal(t, "Ann Quillby", a.Text(ArgPatientName))
	require.Equal(t, "13125550123", a.Text(ArgPatientPhone))
	require.Equal(t, "true", a.Text(ArgAnotherPerson))
	require.Empty(t, a.Text(ArgPatientEmail, ArgDateOfBirth, ArgNotes, ArgServiceType))
	require.Equal(t, "Ann Quillby", a.Text(ArgPatientEmail, ArgPatientName), "the next name is tried")
	require.Equal(t, "1", Args{"patient_name": "2", "patientName": "1"}.Text(ArgPatientName), "the exact spelling first")
}

func TestFlag(t *testing.T) {
	t.Parallel()
	for _, yes := range []any{true, "true", "Yes", "1", json.Number("1")} {
		require.True(t, Args{"hold": yes}.Flag(ArgHold), yes)
	}
	for _, no := range []any{false, "no", "", nil, json.Number("0"), "maybe", map[string]any{}} {
		require.False(t, Args{"hold": no}.Flag(ArgHold), no)
	}
	require.False(t, Args{}.Flag(ArgHold))
}

func TestAllTextReachesNestedTexts(t *testing.T) {
	t.Parallel()
	a := Args{"z": "last", "a": "first", "n": json.Number("5"), "m": map[string]any{"x": []any{"deep", " ", 7}}}
	require.Equal(t, []string{"first", "deep", "last"}, a.AllText())
}

func TestTextsAreClean(t *testing.T) {
	t.Parallel()
	m := parsed(t, message(`"type":"tool-calls","toolCallList":[{"id":"1","name":"f","arguments":{"notes":"a\u0000b\u0007\nc"}}]`))
	require.Equal(t, "ab\nc", m.ToolCalls[0].Args["notes"], "PostgreSQL takes no NUL")
}
