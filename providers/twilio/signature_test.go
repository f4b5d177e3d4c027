package twilio_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/twilio"
)

func TestValidSignature(t *testing.T) {
	t.Parallel()
	const address = "https://clinic.example/api/twilio/status?message=1&org=2"
	form := func() url.Values { return url.Values{"From": {ours}, "Body": {"Hello, é & \n+1"}, "Empty": {""}} }
	good := sandbox.TwilioSignature(token, address, form())
	with := func(key string, values ...string) url.Values { f := form(); f[key] = values; return f }
	for name, c := range map[string]struct {
		token, url, signature string
		form                  url.Values
		want                  bool
	}{
		"right":                {token, address, good, form(), true},
		"no token":             {"", address, sandbox.TwilioSignature("", address, form()), form(), false},
		"other token":          {"test-secret-other", address, good, form(), false},
		"no signature":         {token, address, "", form(), false},
		"not base64":           {token, address, "%%%", form(), false},
		"other query":          {token, address + "3", good, form(), false},
		"no query":             {token, "https://clinic.example/api/twilio/status", good, form(), false},
		"other order of query": {token, "https://clinic.example/api/twilio/status?org=2&message=1", good, form(), false},
		"other host":           {token, "https://other.example/api/twilio/status?message=1&org=2", good, form(), false},
		"http":                 {token, "http://clinic.example/api/twilio/status?message=1&org=2", good, form(), false},
		"default port":         {token, "https://clinic.example:443/api/twilio/status?message=1&org=2", good, form(), true},
		"changed value":        {token, address, good, with("Body", "Bye"), false},
		"added field":          {token, address, good, with("MessageStatus", "delivered"), false},
		"added second value":   {token, address, good, with("From", ours, theirs), false},
		"signed second value":  {token, address, sandbox.TwilioSignature(token, address, with("From", theirs, ours)), with("From", ours, theirs), true},
		"no form":              {token, address, sandbox.TwilioSignature(token, address, nil), nil, true},
		"bad address":          {token, "https://clinic.example:x/%zz", good, form(), false},
	} {
		require.Equal(t, c.want, twilio.ValidSignature(c.token, c.url, c.form, c.signature), name)
	}
}

// The vector of Twilio's documentation, so that client and sandbox are not merely of one mind.
func TestValidSignatureOfThePublishedExample(t *testing.T) {
	t.Parallel()
	form := url.Values{"CallSid": {"CA1234567890ABCDE"}, "Caller": {"+14158675309"}, "Digits": {"1234"}, "From": {"+14158675309"}, "To": {"+18005551212"}}
	require.True(t, twilio.ValidSignature("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", form, "RSOYDt4T1cUTdK1PDd93/VVr8B8="))
}

func FuzzValidSignature(f *testing.F) {
	f.Add("https://clinic.example/x?a=1", "From=%2B13125550100&Body=x", "AAAA")
	f.Fuzz(func(t *testing.T, address, body, signature string) {
		form, err := url.ParseQuery(body)
		if err != nil {
			t.Skip()
		}
		good := sandbox.TwilioSignature(token, address, form)
		if twilio.ValidSignature(token, address, form, signature) && signature != good {
			u, err := url.Parse(address) // with or without the default port is the same address to Twilio
			require.NoError(t, err)
			require.NotEmpty(t, u.Host)
		}
	})
}
