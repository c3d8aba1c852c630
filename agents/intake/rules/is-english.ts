/** Words that sentences about deployments are made of. Names and places belong to no language. */
const ENGLISH = new Set(
  (
    'a an the our my your their its this that it is are be must should may can will we i you they have has need needs want deploy run launch ' +
    'set up host put please for in on to at of from with without and or but not no never only all any both under below within less than more most ' +
    'by per each every month monthly year day week hour hours minute minutes second seconds ms percent budget cost costs spend dollars dollar usd euros about ' +
    'users user customers customer people api app application service shop web website data database personal keep stay stored store ' +
    'critical standard production staging development dev environment region regions platform latency reads writes requests back ' +
    'lose loss recovery rto rpo postgres postgresql dynamodb gdpr hipaa pci aws lab called named image us eu europe america asia worldwide'
  ).split(' '),
);
/** Words that other languages have taken over say nothing. */
const EVERYWHERE = new Set(
  'api app apis service web website ms s p dollar usd euro eur rto rpo postgres postgresql dynamodb gdpr hipaa pci aws lab eu us'.split(
    ' ',
  ),
);
const FEWEST_WORDS = 5;
const LEAST_PART = 0.3;

/** Whether enough words of a text are English for rules to read it; a few words are believed to be. */
export function isEnglish(text: string): boolean {
  const words = (text.toLowerCase().match(/\p{L}+/gu) ?? []).filter((word) => !EVERYWHERE.has(word));
  if (words.length < FEWEST_WORDS) return true;
  return words.filter((word) => ENGLISH.has(word)).length >= words.length * LEAST_PART;
}
