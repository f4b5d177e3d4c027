package server

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/voxanne-ai/voxanne/server/api"
)

// csrfTokenTTL is what is said of a token; nothing depends on it.
const csrfTokenTTL = 24 * time.Hour

// GetCSRFToken answers with a token for dashboards that must have one. Nobody checks it: see the operation's description.
func (h handlers) GetCSRFToken(context.Context, api.GetCSRFTokenRequestObject) (api.GetCSRFTokenResponseObject, error) {
	return api.GetCSRFToken200JSONResponse{CsrfToken: rand.Text(), ExpiresAt: h.now().Add(csrfTokenTTL).UTC()}, nil
}
