export { type Conversation, isMessageList, type Message, messageLength, readConversation } from './conversation.ts'
export { asText, type Fields, isFields, type Json, type Part, parseJson } from './message-parts.ts'
