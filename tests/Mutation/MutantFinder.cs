using Mono.Cecil;
using Mono.Cecil.Cil;

namespace ConfidentialOperator.Mutation;

/// <summary>
/// The changes that are tried: a rule that finds nothing (its method returns "passed"), a check that says yes (a method of a truth value returns true), and a
/// decision turned round (a conditional jump).
/// </summary>
internal static class MutantFinder
{
    private const string FindingType = "ConfidentialOperator.Attestation.Rules.Finding";

    private static readonly Dictionary<Code, OpCode> s_opposites = Pairs(
        (OpCodes.Brtrue, OpCodes.Brfalse), (OpCodes.Brtrue_S, OpCodes.Brfalse_S), (OpCodes.Beq, OpCodes.Bne_Un), (OpCodes.Beq_S, OpCodes.Bne_Un_S),
        (OpCodes.Blt, OpCodes.Bge), (OpCodes.Blt_S, OpCodes.Bge_S), (OpCodes.Bgt, OpCodes.Ble), (OpCodes.Bgt_S, OpCodes.Ble_S),
        (OpCodes.Blt_Un, OpCodes.Bge_Un), (OpCodes.Blt_Un_S, OpCodes.Bge_Un_S), (OpCodes.Bgt_Un, OpCodes.Ble_Un), (OpCodes.Bgt_Un_S, OpCodes.Ble_Un_S));

    /// <summary>Finds the changes.</summary>
    /// <param name="path">The assembly of the library.</param>
    /// <param name="part">What the full name of a method must contain.</param>
    /// <param name="isDeep">Whether decisions are turned round too; otherwise only rules are taken out.</param>
    public static IReadOnlyList<Mutant> Find(string path, string part, bool isDeep)
    {
        using var module = ModuleDefinition.ReadModule(path);
        return [.. module.GetTypes().SelectMany(type => type.Methods)
            .Where(method => method.HasBody && method.FullName.Contains(part, StringComparison.Ordinal) && IsWritten(method))
            .SelectMany(method => Of(method, isDeep))];
    }

    private static IEnumerable<Mutant> Of(MethodDefinition method, bool isDeep)
    {
        if (method.ReturnType.FullName == FindingType && method.DeclaringType.FullName != FindingType && MayRefuse(method))
        {
            yield return new Mutant(method.FullName, "rule taken out", 0, Pass);
        }

        if (!isDeep)
        {
            yield break;
        }

        if (method.ReturnType.FullName == "System.Boolean" && !method.Parameters.Any(parameter => parameter.IsOut))
        {
            yield return new Mutant(method.FullName, "says yes", 0, changed => Mutant.Return(changed, Instruction.Create(OpCodes.Ldc_I4_1)));
        }

        for (int at = 0; at < method.Body.Instructions.Count; at++)
        {
            int index = at;
            if (s_opposites.TryGetValue(method.Body.Instructions[at].OpCode.Code, out OpCode opposite))
            {
                yield return new Mutant(method.FullName, "decision turned round", at, changed => changed.Body.Instructions[index].OpCode = opposite);
            }
        }
    }

    /// <summary>A rule that only tells finds nothing that could be missed in a verdict.</summary>
    private static bool MayRefuse(MethodDefinition method) => method.Body.Instructions.Any(instruction =>
        instruction.Operand is MethodReference { DeclaringType.FullName: FindingType, Name: "Of" or "Failed" } || instruction.Operand is MethodReference { ReturnType.FullName: FindingType, Name: not ("Passed" or "Noted" or "NotReached") });

    private static void Pass(MethodDefinition method)
    {
        TypeDefinition finding = method.Module.GetType(FindingType);
        MethodDefinition passed = finding.Methods.Single(candidate => candidate.Name == "Passed");
        Mutant.Return(method, Instruction.Create(OpCodes.Ldstr, "anything"), Instruction.Create(OpCodes.Ldstr, "not looked"), Instruction.Create(OpCodes.Call, passed));
    }

    /// <summary>What the compiler makes of records is not ours; what only makes words changes no verdict.</summary>
    private static bool IsWritten(MethodDefinition method) =>
        method.Name is not ("ToString" or "PrintMembers" or "GetHashCode" or "Equals" or "<Clone>$" or "Deconstruct" or "op_Equality" or "op_Inequality" or ".cctor")
        && !method.DeclaringType.FullName.Contains("<PrivateImplementationDetails>", StringComparison.Ordinal)
        && !method.DeclaringType.FullName.Contains("Json", StringComparison.Ordinal);

    private static Dictionary<Code, OpCode> Pairs(params (OpCode One, OpCode Other)[] pairs) =>
        pairs.SelectMany(pair => new[] { (pair.One.Code, pair.Other), (pair.Other.Code, pair.One) }).ToDictionary(pair => pair.Item1, pair => pair.Item2);
}
