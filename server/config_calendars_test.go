package server

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLoadConfigOfCalendars(t *testing.T) {
	t.Parallel()
	google := map[string]string{"GOOGLE_CLIENT_ID": "id.apps.example", "GOOGLE_CLIENT_SECRET": "test-secret-google"}
	microsoft := map[string]string{"MICROSOFT_CLIENT_ID": "id", "MICROSOFT_CLIENT_SECRET": "test-secret-microsoft"}
	for name, tc := range map[string]struct {
		given, besides    map[string]string
		without           string
		google, microsoft bool
		complaint         string
	}{
		"neither":                    {},
		"Google":                     {given: google, google: true},
		"Outlook":                    {given: microsoft, microsoft: true},
		"Google's id alone":          {given: google, without: "GOOGLE_CLIENT_SECRET", complaint: "GOOGLE_CLIENT_SECRET is not set"},
		"Google's secret alone":      {given: google, without: "GOOGLE_CLIENT_ID", complaint: "GOOGLE_CLIENT_ID is not set"},
		"Microsoft's id alone":       {given: microsoft, without: "MICROSOFT_CLIENT_SECRET", complaint: "MICROSOFT_CLIENT_SECRET is not set"},
		"Microsoft's secret alone":   {given: microsoft, without: "MICROSOFT_CLIENT_ID", complaint: "MICROSOFT_CLIENT_ID is not set"},
		"Google in the clear":        {given: google, besides: map[string]string{"GOOGLE_BASE_URL": "http://test-secret.example"}, complaint: "GOOGLE_BASE_URL must start with https://"},
		"Graph in the clear":         {besides: map[string]string{"MICROSOFT_GRAPH_URL": "http://test-secret.example"}, complaint: "MICROSOFT_GRAPH_URL must start with https://"},
		"sign-in in the clear":       {besides: map[string]string{"MICROSOFT_LOGIN_URL": "http://test-secret.example"}, complaint: "MICROSOFT_LOGIN_URL must start with https://"},
		"a directory that is a path": {besides: map[string]string{"MICROSOFT_TENANT": "../test-secret"}, complaint: "MICROSOFT_TENANT must be common"},
	} {
		environ := productionEnv()
		maps.Copy(environ, tc.given)
		maps.Copy(environ, tc.besides)
		delete(environ, tc.without)
		cfg, err := LoadConfig(environ)
		if tc.complaint != "" {
			require.ErrorContains(t, err, tc.complaint, name)
			require.NotContains(t, err.Error(), "test-secret", name)
			continue
		}
		require.NoError(t, err, name)
		require.Equal(t, tc.google, cfg.OffersGoogle(), name)
		require.Equal(t, tc.microsoft, cfg.OffersMicrosoft(), name)
		require.Equal(t, "common", cfg.MicrosoftTenant, name)
		require.Equal(t, "https://graph.microsoft.com", cfg.MicrosoftGraphURL, name)
		require.Equal(t, "https://login.microsoftonline.com", cfg.MicrosoftLoginURL, name)
		require.Empty(t, cfg.GoogleBaseURL, name)
		for _, secret := range []string{tc.given["GOOGLE_CLIENT_SECRET"], tc.given["MICROSOFT_CLIENT_SECRET"]} {
			if secret != "" {
				require.Contains(t, cfg.Secrets(), Secret(secret), name)
			}
		}
	}
}
