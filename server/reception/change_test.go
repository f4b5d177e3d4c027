package reception_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What is said and fits none of the visits changes none of them.
func TestOnlyTheVisitThatIsMeantIsChanged(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.call("+13125550111")
	require.Empty(t, p.book(t, "10 am", "Emma Quillby").Error)

	const missing = "Earlier visits can be talked about only after a check. Ask for the code from the clinic's text message, or for the patient's full name and date of birth, and use verifyCaller. A new visit can be booked without it."
	for _, wrong := range []map[string]any{
		{"patientName": "Noah Quillman"},
		{"currentDate": "2030-03-05", "patientName": "Noah Quillman"},
		{"currentDate": "2030-03-05", "currentTime": "3 pm"},
		{"currentTime": "3 pm"},
		{"currentDate": "2030-03-06"},
	} {
		require.Equal(t, missing, p.ask(t, "cancelAppointment", wrong).Error, wrong)
		move := map[string]any{"newDate": "2030-03-07", "newTime": "11 am"}
		for k, v := range wrong {
			move[k] = v
		}
		require.Equal(t, missing, p.ask(t, "rescheduleAppointment", move).Error, wrong)
	}
	require.Equal(t, 1, b.count(t, booked+` and scheduled_at = '2030-03-05 16:00:00+00'`))

	require.Contains(t, p.ask(t, "cancelAppointment", map[string]any{"currentTime": "10 am", "patientName": "emma"}).Result, "Cancelled")
}

func TestARepeatedChangeIsAnsweredAsTheFirst(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.call("+13125550111")
	require.Empty(t, p.book(t, "10 am", "Emma Quillby").Error)

	move := map[string]any{"currentDate": "2030-03-05", "newDate": "2030-03-07", "newTime": "11 am"}
	moved := p.ask(t, "rescheduleAppointment", move)
	require.Contains(t, moved.Result, "Moved. It is now Checkup for Emma Quillby")
	require.Equal(t, moved.Result, p.ask(t, "rescheduleAppointment", move).Result, "under a new tool call id")

	cancel := map[string]any{"currentDate": "2030-03-07", "patientName": "Emma Quillby"}
	cancelled := p.ask(t, "cancelAppointment", cancel)
	require.Contains(t, cancelled.Result, "Cancelled: Checkup for Emma Quillby")
	require.Equal(t, cancelled.Result, p.ask(t, "cancelAppointment", cancel).Result)
}

// A date of birth that a booking of this very call gave proves nothing: the answer would tell who is on file.
func TestABookingsOwnDateOfBirthProvesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.call("+13125550111")
	require.Empty(t, p.book(t, "10 am", "Maeve Quillfeather", map[string]any{"dateOfBirth": "1980-01-02"}).Error)
	require.Contains(t, p.ask(t, "verifyCaller", map[string]any{"dateOfBirth": "1980-01-02", "patientName": "Maeve Quillfeather"}).Error,
		"That does not match.")
}
