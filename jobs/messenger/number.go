package messenger

import "github.com/nyaruka/phonenumbers"

// Number says in which time zones (IANA) and which country (ISO 3166-1 alpha-2) a number in E.164 may be. Both are empty
// where its digits do not tell, and the country also where the number is one of the dear kinds, as premium rate; some numbers lie in several zones.
func (m *Messenger) Number(phone string) (zones []string, region string) {
	zones = []string{} // never NULL in SQL
	number, err := phonenumbers.Parse(phone, "")
	if err != nil {
		return zones, ""
	}
	found, err := phonenumbers.GetTimezonesForNumber(number)
	if err == nil {
		for _, zone := range found {
			if zone != phonenumbers.UNKNOWN_TIMEZONE {
				zones = append(zones, zone)
			}
		}
	}
	region = phonenumbers.GetRegionCodeForNumber(number)
	if region == "ZZ" || region == "001" || isDear(number) { // unknown, or a number of no country
		region = ""
	}
	return zones, region
}

// isDear: who calls or texts such a number pays somebody for it, and no patient has one.
func isDear(number *phonenumbers.PhoneNumber) bool {
	switch phonenumbers.GetNumberType(number) {
	case phonenumbers.PREMIUM_RATE, phonenumbers.SHARED_COST, phonenumbers.UAN, phonenumbers.PAGER, phonenumbers.PERSONAL_NUMBER:
		return true
	default:
		return false
	}
}
