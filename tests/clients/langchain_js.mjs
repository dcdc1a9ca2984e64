// LangChain JS: AIPluginTool hands the manifest's guide and the contract's text to the model.
import { AIPluginTool } from "@langchain/community/tools/aiplugin";

const [baseUrl] = process.argv.slice(2);
const tool = await AIPluginTool.fromPluginUrl(`${baseUrl}/.well-known/ai-plugin.json`);
const text = await tool.invoke("");

for (const needed of ["openapi: 3", "getTodos", "addTodo", "deleteTodo"]) {
  if (!text.includes(needed)) {
    console.error(`The text for the model has no "${needed}".`);
    process.exit(1);
  }
}
if (!/^[a-zA-Z0-9_-]{1,64}$/.test(tool.name)) {
  console.error(`The tool name "${tool.name}" is none that models accept.`);
  process.exit(1);
}
