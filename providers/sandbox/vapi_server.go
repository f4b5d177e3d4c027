package sandbox

import (
	"encoding/json"
	"net/http"
	"time"
)

// vapiServer is where webhooks go (Vapi: Server).
type vapiServer struct {
	URL            string            `json:"url"`
	TimeoutSeconds float64           `json:"timeoutSeconds"` // 0: 20
	Headers        map[string]string `json:"headers"`
}

// readVapiServer returns the first of some `server` objects that has a URL.
func readVapiServer(objects ...json.RawMessage) (s vapiServer, known bool) {
	for _, object := range objects {
		s = vapiServer{}
		if json.Unmarshal(object, &s) == nil && s.URL != "" {
			return s, true
		}
	}
	return vapiServer{}, false
}

// caller sends webhooks to the server: to its URL as it is, with its headers, within its time.
func (s vapiServer) caller(client *http.Client) *Caller {
	return &Caller{
		BaseURL: s.URL, HTTP: client, ServerLimit: time.Duration(s.TimeoutSeconds * float64(time.Second)),
		Auth: func(h http.Header, _ []byte, _ time.Time) {
			h.Set("X-Vapi-Secret", "") // it is there when nothing is set, too
			for name, value := range s.Headers {
				h.Set(name, value)
			}
		},
	}
}
