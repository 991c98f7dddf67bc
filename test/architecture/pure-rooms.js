/** One rule for the pure rooms: time comes in with the command, so nobody asks the machine what time it is. */
const asksTheTime = (node) => node.type === 'NewExpression' && node.arguments.length === 0;

export default {
  meta: { name: 'pure-rooms' },
  rules: {
    'no-clock': {
      create: (context) => {
        const report = (node) => context.report({ node, message: 'A pure room does not ask what time it is: take the moment from the command context.' });
        return {
          NewExpression: (node) => {
            if (node.callee.type === 'Identifier' && node.callee.name === 'Date' && asksTheTime(node)) report(node);
          },
          CallExpression: (node) => {
            if (node.callee.type === 'Identifier' && node.callee.name === 'Date') report(node);
          },
        };
      },
    },
  },
};
