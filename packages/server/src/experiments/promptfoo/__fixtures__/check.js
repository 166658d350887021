module.exports = (output, context) => ({ pass: output === context.vars.out, score: 1, reason: 'the same' })
module.exports.never = () => false
