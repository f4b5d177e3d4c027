package sandbox

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

// Vapi takes a number's calls, and its texts unless it is told not to.
func TestAnImportTakesOverWhatComesToANumber(t *testing.T) {
	t.Parallel()
	b, carrier := playVapi(t), NewTwilio()
	t.Cleanup(carrier.Close)
	b.played.Telephony(carrier)
	carrier.AddAccount("AC1", "test-secret-token", "+13125550190", "+13125550191")
	number := func(number, more string) string {
		return `{"provider": "twilio", "number": "` + number + `", "twilioAccountSid": "AC1", "twilioAuthToken": "test-secret-token"` + more + `}`
	}
	status, body := b.ask(http.MethodPost, "/phone-number", number("+13125550190", `, "smsEnabled": false`))
	require.Equal(t, http.StatusCreated, status, body)
	require.NotContains(t, body, "test-secret")
	taken, _ := carrier.Number("AC1", "+13125550190")
	require.Equal(t, []string{vapiVoice, ""}, []string{taken.VoiceURL, taken.SMSURL})
	status, _ = b.ask(http.MethodPost, "/phone-number", number("+13125550191", ""))
	require.Equal(t, http.StatusCreated, status)
	taken, _ = carrier.Number("AC1", "+13125550191")
	require.Equal(t, []string{vapiVoice, vapiTexts}, []string{taken.VoiceURL, taken.SMSURL})

	for name, sent := range map[string]string{
		"twice":          number("+13125550190", ""),
		"not owned":      number("+13125550199", ""),
		"unknown field":  number("+13125550192", `, "credentialId": "x"`),
		"long name":      number("+13125550192", `, "name": "12345678901234567890123456789012345678901"`),
		"no assistant":   number("+13125550192", `, "assistantId": "assistant-a"`),
		"no number":      number("+13125550192", `, "fallbackDestination": {"type": "number", "number": "5550150"}`),
		"other provider": `{"provider": "carrier-pigeon"}`,
	} {
		status, body = b.ask(http.MethodPost, "/phone-number", sent)
		require.Equal(t, http.StatusBadRequest, status, name+body)
	}
	require.Len(t, b.played.PhoneNumbers(), 2)
}
