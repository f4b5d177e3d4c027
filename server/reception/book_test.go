package reception_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const booked = `select count(*)::int from appointments where status in ('pending', 'confirmed')`

func TestBooksTheWishedSlotOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.call("+13125550111")

	first := p.askAs(t, "tc-a", "bookClinicAppointment", map[string]any{
		"appointmentDate": "2030-03-05", "appointmentTime": "2 pm", "patientName": "Ann Quillfeather", "serviceType": "checkup"})
	require.Empty(t, first.Error)
	require.Regexp(t, `^Booked: Checkup for Ann Quillfeather with .* on Tuesday, March 5 at 2 PM\. Booking reference [A-Z2-9]{6}\.$`, first.Result)

	again := p.askAs(t, "tc-a", "bookClinicAppointment", map[string]any{
		"appointmentDate": "2030-03-05", "appointmentTime": "2 pm", "patientName": "Ann Quillfeather", "serviceType": "checkup"})
	require.Equal(t, first.Result, again.Result, "the same tool call id gets the same answer")
	require.Equal(t, first.Result, p.book(t, "14:00", "Ann Quillfeather").Result, "and so does the same wish under a new id")
	require.Equal(t, 1, b.count(t, booked))
}

// Some models number their tool calls anew in every turn.
func TestAnotherWishUnderTheSameToolCallIDIsCarriedOut(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.call("+13125550111")
	require.Contains(t, p.askAs(t, "call_0", "checkAvailability", map[string]any{"appointmentDate": "2030-03-05", "serviceType": "checkup"}).Result, "Free: ")
	booked := p.askAs(t, "call_0", "bookClinicAppointment", atTwo()).Result
	require.Regexp(t, bookedAtTwo, booked)
	other := atTwo()
	other["patientName"] = "Bo Quillby"
	require.Contains(t, p.askAs(t, "call_0", "bookClinicAppointment", other).Result, "Booked: Checkup for Bo Quillby")
	require.Equal(t, booked, p.askAs(t, "call_0", "bookClinicAppointment", atTwo()).Result, "the first again")
	require.Contains(t, b.metrics(t), `outcome="replayed"`)
}

func TestRefusalSaysWhyAndOffersOtherTimes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.call("+13125550111").book(t, "2 pm", "Ann Quillfeather")
	b.call("+13125550112").book(t, "2 pm", "Bo Quillby")

	refused := b.call("+13125550113").book(t, "2 pm", "Cy Quillington")
	require.Equal(t, "That time is taken. Free: Tuesday, March 5 at 1:15 PM, 1:30 PM, or 2:30 PM.", refused.Error)
	require.Equal(t, 2, b.count(t, booked))
}
