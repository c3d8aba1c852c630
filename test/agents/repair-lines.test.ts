import { mergeRepairLines } from '../../agents/loop/repair-lines';
import { topologyAnswerSchema } from '../../agents/topology-architect/answer-schema';

const ANSWER = { base: 'c1', groups: ['primary paris'], edge: false, weigh: 'kept' };

function merge(text: string, fields: string[]) {
  return mergeRepairLines(text, ANSWER, fields, topologyAnswerSchema.shape);
}

describe('merging a repair answer', () => {
  it('takes a list from all its lines and a single value from its last', () => {
    const merged = merge('groups: primary ireland: close\n base: c2\nGROUPS: standby ohio\nbase: c3', [
      'groups',
      'base',
    ]);
    expect(merged).toEqual({ ...ANSWER, base: 'c3', groups: ['primary ireland: close', 'standby ohio'] });
  });

  it('reads booleans and ignores prose', () => {
    expect(merge('Sure! Here it is:\nedge: yes', ['edge'])).toEqual({ ...ANSWER, edge: true });
  });

  it('leaves every field alone that was not asked for or not answered', () => {
    expect(merge('weigh: changed\nbase: c2', ['groups'])).toEqual(ANSWER);
  });
});
