/**
 * Words that say that what is named is absent or in doubt, and words that end what they say. In the manner of NegEx
 * (Chapman et al. 2001), the lists written for chest radiographs.
 */

/**
 * `...Before` stands before what it speaks of, `...After` behind it; `stop` ends the reach of both; `nothing` looks like
 * one of them and is none.
 */
export type TriggerKind = 'absentBefore' | 'absentAfter' | 'doubtBefore' | 'doubtAfter' | 'stop' | 'nothing';

export const TRIGGERS: Record<TriggerKind, readonly string[]> = {
  absentBefore: [
    ...['no', 'not', 'nor', 'neither', 'never', 'without', 'w/o', 'free of', 'clear of', 'negative for', 'denies'],
    ...['absence of', 'lack of', 'rather than', 'instead of', 'resolution of', 'resolved', 'cleared', 'clearing of'],
    ...['removal of', 'removed', 'no evidence of', 'no evidence for', 'no sign of', 'no definite', 'no convincing'],
    ...[
      'no longer',
      'not demonstrate',
      'not show',
      'fails to show',
      'not have',
      'rules out',
      'exclude the presence of',
    ],
    ...['no suspicious', 'not appear', 'cannot see', 'no findings of', 'no findings to suggest', 'not suggestive of'],
  ],
  absentAfter: [
    ...['is not seen', 'are not seen', 'not seen', 'not identified', 'not visualized', 'not visualised', 'not present'],
    ...['not evident', 'not appreciated', 'not demonstrated', 'not noted', 'not apparent', 'not detected', 'not found'],
    ...[
      'is absent',
      'are absent',
      'absent',
      'has resolved',
      'have resolved',
      'resolved',
      'has cleared',
      'have cleared',
    ],
    ...[
      'not be demonstrated',
      'not be seen',
      'has been removed',
      'have been removed',
      'was removed',
      'were removed',
      'no longer seen',
      'no longer visualized',
    ],
    ...['no longer identified', 'no longer present', 'no longer evident', 'is excluded', 'ruled out', 'is negative'],
    ...['no longer visible', 'no longer appreciated', 'no longer demonstrated', 'not visible', 'not definitely seen'],
    ...[
      'within normal limits',
      'within limits of normal',
      'not clearly seen',
      'may not be demonstrated',
      'may not be seen',
    ],
  ],
  doubtBefore: [
    ...['possible', 'possibly', 'probable', 'probably', 'likely', 'may represent', 'may be', 'may reflect', 'might'],
    ...[
      'may indicate',
      'may have',
      'may relate to',
      'could',
      'could represent',
      'could be',
      'could reflect',
      'perhaps',
    ],
    ...['may', 'would be', 'suggest', 'suggests', 'suggesting', 'suggestive of', 'suspicious for', 'suspicion of'],
    ...['suspicion for', 'suspected', 'suspect', 'questionable', 'question of', 'question', 'query', 'concern for'],
    ...['concerning for', 'worrisome for', 'presumably', 'presumed', 'potential', 'apparent', 'appears to be'],
    ...['cannot exclude', 'cannot rule out', 'can not exclude', 'not exclude', 'difficult to exclude', 'to exclude'],
    ...['to rule out', 'rule out', 'r/o', 'evaluate for', 'correlate for', 'correlate clinically for', 'versus', 'vs'],
    ...['differential', 'less likely', 'includes', 'favored to represent', 'favor', 'favored', 'equivocal', 'doubtful'],
    ...['cannot completely exclude', 'cannot entirely exclude', 'no definite evidence to exclude', 'whether', 'if'],
    ...['raises the possibility of', 'possibility of', 'not entirely exclude', 'not rule out', 'maybe', 'seems'],
  ],
  doubtAfter: [
    ...['cannot be excluded', 'can not be excluded', 'cannot be ruled out', 'not excluded', 'is not excluded'],
    ...['are not excluded', 'not be excluded', 'not ruled out', 'not entirely excluded', 'cannot be entirely excluded'],
    ...['cannot be completely excluded', 'difficult to exclude', 'is possible', 'are possible', 'is suspected'],
    ...[
      'are suspected',
      'suspected',
      'is questioned',
      'is likely',
      'versus',
      'vs',
      'possible',
      'unlikely',
      'is unlikely',
    ],
    ...['is considered', 'should be considered', 'are considerations', 'is a consideration', 'not completely excluded'],
    ...['would be considered', 'is questionable', 'not totally excluded', 'suggested', 'is suggested', 'are suggested'],
  ],
  stop: [
    ...['but', 'however', 'except', 'although', 'though', 'yet', 'aside from', 'apart from', 'other than', 'besides'],
    ...['nevertheless', 'still', 'whereas', 'while', 'which', 'because', 'since', 'due to', 'secondary to', 'there is'],
    ...['there are', 'with', 'otherwise', 'consistent with', 'compatible with', 'related to', 'in the setting of'],
    ...['status post', 'as well as', 'has', 'have', 'remains', 'again noted', 'again seen', 'unchanged', 'is stable'],
    ...['therefore', 'then', 'demonstrates', 'shows', 'represents', 'representing', 'again'],
  ],
  nothing: [
    ...['no change', 'no changes', 'no interval change', 'no significant change', 'no significant interval change'],
    ...['no increase', 'no interval increase', 'no decrease', 'no interval decrease', 'not only', 'not just'],
    ...['not necessarily', 'without change', 'without significant change', 'without interval change', 'no worsening'],
    ...['not changed', 'not significantly changed', 'not increased', 'no improvement', 'no further', 'no doubt'],
    ...['not certain whether', 'no progression', 'no acute change', 'no substantial change', 'no appreciable change'],
    ...['not improved', 'no definite change', 'no interval improvement', 'no enlargement', 'no interval worsening'],
    ...['no convincing change', 'no longer than', 'no more than', 'no apparent change', 'no adverse change'],
    ...['not well', 'not significantly', 'no interval progression', 'not significantly different', 'not different'],
  ],
};
