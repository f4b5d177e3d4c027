package reception_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// at two is a wish that can be booked.
func atTwo() map[string]any {
	return map[string]any{"appointmentDate": "2030-03-05", "appointmentTime": "2 pm", "patientName": "Ann Quillfeather", "serviceType": "checkup"}
}

// bookedAtTwo is what comes of it; the practitioner and the reference vary.
const bookedAtTwo = `^Booked: Checkup for Ann Quillfeather with (Dr\. Avery Stone|Blake Reed) on Tuesday, March 5 at 2 PM\. Booking reference [A-Z2-9]{6}\.$`

func TestEveryShapeOfArgumentsBooks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.call("+13125550111")
	for _, shape := range sandbox.Shapes() {
		results, err := b.vapi.CallTools(t.Context(), sandbox.ToolCalls(p.line, shape,
			sandbox.ToolCall{ID: "tc-" + shape.String(), Name: "bookClinicAppointment", Arguments: atTwo()}))
		require.NoError(t, err, shape)
		require.Regexp(t, bookedAtTwo, results[0].Result, shape)
	}
	said, err := b.vapi.CallFunction(t.Context(), sandbox.FunctionCall(p.line,
		sandbox.ToolCall{Name: "bookClinicAppointment", Arguments: atTwo()}))
	require.NoError(t, err)
	require.Regexp(t, bookedAtTwo, said)
	require.Equal(t, 1, b.count(t, booked), "one wish, however it was written")
}

func TestNamesThatThePredecessorUsedAreUnderstood(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.Regexp(t, bookedAtTwo, b.call("").say(t, "bookClinicAppointment", map[string]any{
		"scheduled_at": "2030-03-05T14:00:00", "customer_name": "Ann Quillfeather", "service_name": "exam"}))
}

func TestSeveralCallsOfOneMessageAreAllAnswered(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.call("+13125550111")
	results, err := b.vapi.CallTools(t.Context(), sandbox.ToolCalls(p.line, sandbox.NestedObject,
		sandbox.ToolCall{ID: "1", Name: "noSuchTool"},
		sandbox.ToolCall{ID: "2", Name: "bookClinicAppointment", Arguments: atTwo()},
		sandbox.ToolCall{ID: "3", Name: "lookupCaller"}))
	require.NoError(t, err)
	require.Equal(t, "There is no such tool. Offer to take a message instead.", results[0].Error)
	require.Regexp(t, bookedAtTwo, results[1].Result)
	require.Equal(t, sayNotVerified, results[2].Error)
}

func TestTheFirstFiftyCallsOfAMessageAreCarriedOut(t *testing.T) {
	t.Parallel()
	b := setup(t)
	calls := make([]sandbox.ToolCall, 52)
	for i := range calls {
		calls[i] = sandbox.ToolCall{ID: fmt.Sprintf("tc-%d", i), Name: "noSuchTool"}
	}
	calls[49] = sandbox.ToolCall{ID: "tc-49", Name: "bookClinicAppointment", Arguments: atTwo()}
	results, err := b.vapi.CallTools(t.Context(), sandbox.ToolCalls(b.call("+13125550111").line, sandbox.NestedObject, calls...))
	require.NoError(t, err)
	require.Len(t, results, 52)
	require.Regexp(t, bookedAtTwo, results[49].Result)
	require.Equal(t, "These are too many tool calls at once. Ask again, with fewer.", results[50].Error)
	require.Equal(t, results[50].Error, results[51].Error)
}

func TestTheToolAddresses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.call("+13125550111")
	ask := func(path, id, name string) sandbox.ToolResult {
		results, err := b.vapi.CallToolsAt(t.Context(), path, sandbox.ToolCalls(p.line, sandbox.NestedText,
			sandbox.ToolCall{ID: id, Name: name, Arguments: atTwo()}))
		require.NoError(t, err)
		return results[0]
	}
	require.Regexp(t, bookedAtTwo, ask("/api/vapi/tools", "1", "bookClinicAppointment").Result)
	require.Regexp(t, bookedAtTwo, ask("/api/vapi/tools/bookClinicAppointment", "2", "bookClinicAppointment").Result)
	require.Regexp(t, bookedAtTwo, ask("/api/vapi/tools/bookClinicAppointment", "3", "").Result, "the path names the tool")
	require.Equal(t, "This address serves another tool than the one that was called.",
		ask("/api/vapi/tools/cancelAppointment", "4", "bookClinicAppointment").Error)
	require.Equal(t, 1, b.count(t, booked))
}

func TestOlderReadersFindTheirFields(t *testing.T) {
	t.Parallel()
	b := setup(t)
	answer, err := b.vapi.Post(t.Context(), sandbox.PathWebhook, sandbox.ToolCalls(b.call("").line, sandbox.NestedObject,
		sandbox.ToolCall{ID: "tc-1", Name: "bookClinicAppointment", Arguments: atTwo()}))
	require.NoError(t, err)
	var body struct {
		Results                    []struct{ ToolCallID, Name, Result string }
		ToolCallID, Result, Speech string
		ToolResult                 struct{ Content string }
	}
	require.NoError(t, json.Unmarshal(answer.Body, &body))
	said := body.Results[0].Result
	require.Regexp(t, bookedAtTwo, said)
	require.Equal(t, []string{"tc-1", "tc-1", said, said, said},
		[]string{body.Results[0].ToolCallID, body.ToolCallID, body.Result, body.Speech, body.ToolResult.Content})
}

func TestArgumentsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.call("+13125550111")
	for arguments, want := range map[any]string{
		`{"appointmentDate":"2030-`:                     "The arguments could not be read: the JSON text is broken or was cut off.",
		`["2030-03-05"]`:                                "The arguments could not be read: send them as one JSON object.",
		`{"notes":"` + strings.Repeat("x", 5000) + `"}`: `The argument "notes" is too long: at most 4096 characters.`,
	} {
		results, err := b.vapi.CallTools(t.Context(), sandbox.ToolCalls(p.line, sandbox.NestedObject,
			sandbox.ToolCall{ID: "1", Name: "bookClinicAppointment"}).With("toolCallList", []any{map[string]any{
			"id": "1", "function": map[string]any{"name": "bookClinicAppointment", "arguments": arguments}}}))
		require.NoError(t, err)
		require.Equal(t, want, results[0].Error)
	}
	require.Zero(t, b.count(t, left))
}

func TestWhatFitsOnTheWireFitsInTheDatabase(t *testing.T) {
	t.Parallel()
	b := setup(t)
	long := strings.Repeat("a long story, ", 200)
	p := b.call("+13125550111")
	require.Contains(t, p.book(t, "2 pm", "Ann Quillfeather", map[string]any{"notes": long + "\x00"}).Result, "Booked: ")
	require.Contains(t, p.say(t, "takeMessage", map[string]any{"message": long, "callerName": strings.Repeat("Ann ", 60)}), "The message is noted")
	require.Contains(t, p.say(t, "cancelAppointment", map[string]any{"reason": long}), "Cancelled: ")
	answer := p.book(t, "3 pm", "Ann Quillfeather", map[string]any{"patientEmail": strings.Repeat("a", 300) + "@patients.example"})
	require.Equal(t, "The e-mail address is not complete. Ask the caller to spell it, or book without it.", answer.Result)
	id := strings.Repeat("i", 250)
	require.Contains(t, p.askAs(t, id, "bookClinicAppointment", atTwo()).Result, "Booked: ")
	require.Equal(t, sayNotVerified, b.call("").say(t, "findMyAppointments", nil))
	p.line.CallID = strings.Repeat("c", 200)
	require.Equal(t, "This line is not set up for bookings. Apologise and end the call.", p.say(t, "findMyAppointments", nil),
		"a call whose id nobody could have given is nobody's")
}

func TestUnknownTypesAreAcceptedAndCounted(t *testing.T) {
	t.Parallel()
	b := setup(t)
	line := b.call("+13125550111").line
	require.NoError(t, b.vapi.Tell(t.Context(), sandbox.Unknown(line, "conversation-update")))
	require.NoError(t, b.vapi.Tell(t.Context(), sandbox.Unknown(line, "invented-tomorrow")))
	require.NoError(t, b.vapi.Tell(t.Context(), sandbox.Unknown(line, "hang")))
	require.Contains(t, b.metrics(t), `voxanne_vapi_messages_total{type="other"} 2`)
	require.Contains(t, b.metrics(t), `voxanne_vapi_messages_total{type="hang"} 1`)
}

func TestABodyThatIsNoMessageIsRefusedInOurShape(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for _, body := range []string{``, `{"message":`, `[]`, `"x"`, `{}`, `{"message":{}}`, strings.Repeat("[", 100000)} {
		answer, err := b.vapi.Post(t.Context(), sandbox.PathWebhook, sandbox.Raw("nonsense", []byte(body)))
		require.NoError(t, err)
		require.Equal(t, http.StatusBadRequest, answer.Status, body[:min(len(body), 20)])
		requireOurError(t, answer, "bad_request")
	}
	answer, err := b.vapi.Post(t.Context(), sandbox.PathWebhook, sandbox.Raw("big", make([]byte, 6<<20)))
	require.NoError(t, err)
	require.Equal(t, http.StatusRequestEntityTooLarge, answer.Status)
	requireOurError(t, answer, "body_too_large")
}

func requireOurError(t *testing.T, answer sandbox.Answer, code string) {
	t.Helper()
	var body struct {
		Error, Code string
		RequestID   string `json:"request_id"`
	}
	require.NoError(t, json.Unmarshal(answer.Body, &body))
	require.Equal(t, code, body.Code)
	require.NotEmpty(t, body.Error)
	require.NotEmpty(t, body.RequestID)
}

func TestOnlyVapiIsAnswered(t *testing.T) {
	t.Parallel()
	b := setup(t)
	late := func(auth sandbox.Authentication, by time.Duration) sandbox.Authentication {
		return func(h http.Header, body []byte, now time.Time) { auth(h, body, now.Add(by)) }
	}
	both := func(h http.Header, body []byte, now time.Time) {
		sandbox.SignSeconds("test-secret-other")(h, body, now)
		sandbox.Secret(webhookSecret)(h, body, now)
	}
	line := b.call("+13125550111").line
	message := sandbox.ToolCalls(line, sandbox.NestedObject, sandbox.ToolCall{ID: "1", Name: "bookClinicAppointment", Arguments: atTwo()})
	for name, auth := range map[string]sandbox.Authentication{
		"nothing": sandbox.Anonymous(), "an empty secret": sandbox.Secret(""), "a wrong secret": sandbox.Secret("test-secret-other"),
		"a wrong signature": sandbox.SignSeconds("test-secret-other"), "a wrong signature beside the right secret": both,
		"a stale signature": late(sandbox.SignSeconds(webhookSecret), -6*time.Minute),
		"one of the future": late(sandbox.SignMillis(webhookSecret), 6*time.Minute),
	} {
		caller := *b.vapi
		caller.Auth = auth
		answer, err := caller.Post(t.Context(), sandbox.PathWebhook, message)
		require.NoError(t, err)
		require.Equal(t, http.StatusUnauthorized, answer.Status, name)
		requireOurError(t, answer, "unauthenticated")
	}
	require.Zero(t, b.count(t, `select count(*)::int from call_logs where vapi_call_id = $1`, line.CallID))
	for name, auth := range map[string]sandbox.Authentication{
		"seconds": sandbox.SignSeconds(webhookSecret), "milliseconds": sandbox.SignMillis(webhookSecret),
		"four minutes late": late(sandbox.SignSeconds(webhookSecret), -4*time.Minute),
	} {
		caller := *b.vapi
		caller.Auth = auth
		results, err := caller.CallTools(t.Context(), message)
		require.NoError(t, err, name)
		require.Regexp(t, bookedAtTwo, results[0].Result, name)
	}
}
