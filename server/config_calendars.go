package server

import "regexp"

// Where the providers of calendars send people and pushes back to, under BACKEND_URL. The callbacks are registered with our
// apps at Google and Microsoft, to the letter.
const (
	GoogleCallbackPath    = "/api/google-oauth/callback"
	MicrosoftCallbackPath = "/api/microsoft-oauth/callback"
)

// microsoftTenant is a directory's id or domain, or one of Microsoft's words for several: it stands in an address.
var microsoftTenant = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.-]{0,253}$`)

// OffersGoogle tells whether clinics can connect Google calendars.
func (c Config) OffersGoogle() bool { return c.GoogleID != "" }

// OffersMicrosoft tells whether clinics can connect Outlook calendars.
func (c Config) OffersMicrosoft() bool { return c.MicrosoftID != "" }

// validateCalendars wants both halves of an app's credentials, or neither: then the provider is not offered to clinics.
func (c *Config) validateCalendars(complain complainer) {
	validateApp(complain, "GOOGLE", "the Google Cloud console, under Credentials", c.GoogleID, c.GoogleSecret)
	validateApp(complain, "MICROSOFT", "the app's registration in Microsoft Entra, under Certificates & secrets", c.MicrosoftID, c.MicrosoftSecret)
	if c.GoogleBaseURL != "" {
		c.validateURL(complain, "GOOGLE_BASE_URL", c.GoogleBaseURL, "one address that stands for all of Google's, or leave it out")
	}
	c.validateURL(complain, "MICROSOFT_GRAPH_URL", c.MicrosoftGraphURL, "Microsoft Graph, normally https://graph.microsoft.com")
	c.validateURL(complain, "MICROSOFT_LOGIN_URL", c.MicrosoftLoginURL, "Microsoft's sign-in, normally https://login.microsoftonline.com")
	if !microsoftTenant.MatchString(c.MicrosoftTenant) {
		complain("MICROSOFT_TENANT must be common, organizations, consumers, or a directory's id or domain.")
	}
}

// validateApp complains of half a credential.
func validateApp(complain complainer, name, where, id string, secret Secret) {
	switch {
	case id == "" && secret != "":
		complain("%s_CLIENT_ID is not set: %s_CLIENT_SECRET belongs to it; find it in %s, or remove the secret.", name, name, where)
	case id != "" && secret == "":
		complain("%s_CLIENT_SECRET is not set: make one in %s, or remove %s_CLIENT_ID; then its calendars cannot be connected.", name, where, name)
	}
}
